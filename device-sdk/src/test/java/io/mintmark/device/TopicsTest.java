package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "a//b", "telemetry/s/d-1/temperatur°", "$SYS/x", "a b/😀"})
  void acceptsTopics(String topic) {
    assertThatCode(() -> Topics.requireName(topic)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/+/b", "#", "a/b#", "a\u0000b", "a\nb", "a\ud800", "a\uffff"})
  void refusesWhatIsNoTopic(String topic) {
    assertThatThrownBy(() -> Topics.requireName(topic))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("topic");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "#", "+", "a/#", "+/b/+", "/+", "$share/g/a/#"})
  void acceptsFilters(String filter) {
    assertThatCode(() -> Topics.requireFilter(filter)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/#/b", "a#", "a+", "a/+b/c", "##"})
  void refusesWhatIsNoFilter(String filter) {
    assertThatThrownBy(() -> Topics.requireFilter(filter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("topic filter");
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a/b, true",
    "a/b, a/b/c, false",
    "a/b, a, false",
    "a/+, a/b, true",
    "a/+, a/, true",
    "a/+, a, false",
    "+/+, /a, true",
    "+, /a, false",
    "a/#, a, true",
    "a/#, a/b/c, true",
    "a/#, ab, false",
    "#, a/b, true",
    "#, $SYS/a, false",
    "+/a, $SYS/a, false",
    "$SYS/#, $SYS/a, true",
    "$share/group/a/#, a/b, true",
    "a/+/c, a/b/c, true",
    "a/+/c, a/b/d, false",
  })
  void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
    assertThat(Topics.matches(filter, topic)).isEqualTo(matches);
  }
}
