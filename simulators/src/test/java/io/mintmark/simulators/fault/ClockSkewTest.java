package io.mintmark.simulators.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClockSkewTest {

  private static final Instant NOW = Instant.parse("2026-11-22T01:00:00Z");

  private final DeviceClocks clocks = new DeviceClocks(Clock.fixed(NOW, ZoneOffset.UTC));

  @ParameterizedTest
  @CsvSource({
    "+2h, 2026-11-22T03:00:00Z",
    "-30d, 2026-10-23T01:00:00Z",
    "1970, 1970-01-01T00:00:00Z",
    "2001-09-09, 2001-09-09T00:00:00Z",
    "2001-09-09T01:46:40Z, 2001-09-09T01:46:40Z"
  })
  void isWrongAsSaid(String text, Instant told) {
    assertThat(NOW.plus(ClockSkew.parse(text).ahead(NOW))).isEqualTo(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2h", "+2", "+2ms", "-", "19700", "2001-13-01", "yesterday"})
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> ClockSkew.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is no wrong time: use +2h")
        .hasMessageNotContaining("\n");
  }

  @Test
  void putsTheClocksOfAShareWrongUntilItIsOver() {
    Clock one = clocks.of(1);
    assertThat(one.instant()).isEqualTo(NOW);
    Applied hours = clocks.skew(ClockSkew.parse("+2h"), 1, 1);
    Applied day = clocks.skew(ClockSkew.parse("-1d"), 1, 1);
    assertThat(one.instant()).isEqualTo(NOW.minus(Duration.ofHours(22)));
    day.close();
    hours.close();
    hours.close();
    assertThat(one.instant()).isEqualTo(NOW);

    clocks.skew(ClockSkew.parse("1970"), 0.3, 5);
    List<Integer> wrong = wrong();
    assertThat(wrong).hasSizeBetween(200, 400);
    DeviceClocks same = new DeviceClocks(Clock.fixed(NOW, ZoneOffset.UTC));
    same.skew(ClockSkew.parse("+1s"), 0.3, 5);
    assertThat(wrong).allMatch(device -> !same.of(device).instant().equals(NOW));
  }

  private List<Integer> wrong() {
    return IntStream.range(0, 1000)
        .filter(device -> !clocks.of(device).instant().equals(NOW))
        .boxed()
        .toList();
  }
}
