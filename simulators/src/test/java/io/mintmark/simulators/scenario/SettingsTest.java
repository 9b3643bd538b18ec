package io.mintmark.simulators.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.simulators.scenario.Settings.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static Settings of(String key, String text) {
    return new Settings("telemetry", Map.of(key, new Value(text, "line 7")));
  }

  @Test
  void readsWhatTheProjectReadsElsewhere() {
    assertThat(of("duration", "2m").duration("duration")).contains(Duration.ofMinutes(2));
    assertThat(of("rate", "200/s").rate("rate")).contains(200.0);
    assertThat(of("rate", "30/m").rate("rate")).contains(0.5);
    assertThat(Settings.none("telemetry").rate("rate")).isEmpty();
    assertThat(of("qos", "1").count("qos", 0, 0, 2)).isEqualTo(1);
    assertThat(Settings.none("x").count("qos", 2, 0, 2)).isEqualTo(2);
    assertThat(of("after", "start").word("after", "x", List.of("start"))).isEqualTo("start");
  }

  @Test
  void whatIsWrongIsOneLineWithItsPlace() {
    refused(() -> of("rate", "0/s").rate("rate"), "'0/s' is not a rate");
    refused(() -> of("rate", "-3/s").rate("rate"), "'-3/s' is not a rate");
    refused(() -> of("rate", "99999999/s").rate("rate"), "'99999999/s' is not a rate");
    refused(() -> of("rate", "unlimited").rate("rate"), "'unlimited' is not a rate: use NUMBER/s");
    refused(() -> of("rate", "10/s burst 20").rate("rate"), "an open loop has no burst");
    refused(() -> of("duration", "soon").duration("duration"), "'soon' is not a duration");
    refused(() -> of("duration", "999999999d").time("duration"), "is too long: use at most 3650d");
    refused(() -> of("duration", "0s").time("duration"), "'0s' is no time");
    refused(
        () -> of("qos", "3").count("qos", 0, 0, 2),
        "'3' is not possible: use a number from 0 to 2");
    refused(() -> of("qos", "one").count("qos", 0, 0, 2), "'one' is not possible");
    refused(
        () -> of("after", "lunch").word("after", "x", List.of("start", "disconnect")),
        "cannot be 'lunch': use start, disconnect");
  }

  private static void refused(Runnable reading, String why) {
    assertThatThrownBy(reading::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("line 7: '")
        .hasMessageContaining("' of telemetry: ")
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
