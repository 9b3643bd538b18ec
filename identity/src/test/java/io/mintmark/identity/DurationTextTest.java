package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "90s, 90",
    "15m, 900",
    "12h, 43200",
    "7d, 604800",
    "0s, 0",
    "999999999d, 86399999913600"
  })
  void readsANumberAndAUnit(String text, long seconds) {
    assertThat(DurationText.parse(text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "d", "-1d", "7 d", "7D", "1h30m", "1.5h", "9999999999s"})
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is not a duration: use a number and s, m, h or d");
  }

  @ParameterizedTest
  @CsvSource({"604800, 7d", "43200, 12h", "90000, 25h", "5400, 90m", "43, 43s", "0, 0s"})
  void writesTheLargestUnitThatDivides(long seconds, String text) {
    assertThat(DurationText.of(Duration.ofSeconds(seconds))).isEqualTo(text);
  }

  @Test
  void readsWhatItWrites() {
    Duration odd = Duration.ofSeconds(86_399);
    assertThat(DurationText.parse(DurationText.of(odd))).isEqualTo(odd);
  }
}
