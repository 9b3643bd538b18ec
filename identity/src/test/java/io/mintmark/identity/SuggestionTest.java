package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

  private static final List<String> KNOWN = List.of("fleet", "factory-cas", "lifetime", "publish");

  @ParameterizedTest
  @CsvSource({
    "flet,fleet",
    "Fleet,fleet",
    "factory_cas,factory-cas",
    "lifetmie,lifetime",
    "publsh,publish"
  })
  void findsWhatWasMeant(String written, String meant) {
    assertThat(Suggestion.of(written, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"colour", "x", "subscribe"})
  void doesNotGuessWildly(String written) {
    assertThat(Suggestion.of(written, KNOWN)).isEmpty();
  }

  @Test
  void countsSlips() {
    assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestion.distance("abc", "acb")).isEqualTo(1);
    assertThat(Suggestion.distance("abc", "abd")).isEqualTo(1);
    assertThat(Suggestion.distance("abc", "abc")).isZero();
  }
}
