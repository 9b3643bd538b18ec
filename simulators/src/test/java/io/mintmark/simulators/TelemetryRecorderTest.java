package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.TelemetryRecorder.Balance;
import io.mintmark.simulators.TelemetryRecorder.Duplicate;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TelemetryRecorderTest {

  private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
  private static final long DUE = Micros.of(NOW) - 1_500;

  private final TelemetryRecorder recorder =
      new TelemetryRecorder("steady", Clock.fixed(NOW, ZoneOffset.UTC));

  private void arrive(String device, long sequence) {
    arrive("telemetry/sensors/" + device, new Telemetry("steady", device, sequence, DUE));
  }

  private void arrive(String topic, Telemetry message) {
    recorder.message(topic, message.toJson());
  }

  @Test
  void countsWhatArrivedAgainstWhatWasSent() {
    arrive("a", 0);
    arrive("a", 1);
    arrive("b", 0);

    assertThat(recorder.balance(Map.of("a", 2L, "b", 1L))).isEqualTo(new Balance(3, 3, 0, 0));
  }

  @Test
  void aGapIsALossWhereverItIs() {
    arrive("a", 0);
    arrive("a", 2);

    assertThat(recorder.balance(Map.of("a", 4L, "b", 1L))).isEqualTo(new Balance(5, 2, 3, 0));
  }

  @Test
  void aRepeatIsADuplicateAndNoSecondMessage() {
    arrive("a", 0);
    arrive("a", 0);

    assertThat(recorder.received()).isEqualTo(1);
    assertThat(recorder.duplicates())
        .containsExactly(new Duplicate("a", 0, DUE, Micros.of(NOW), true));
  }

  @Test
  void aRepeatWithAnotherPayloadIsNoRedelivery() {
    arrive("a", 0);
    arrive("telemetry/sensors/a", new Telemetry("steady", "a", 0, DUE + 1));

    assertThat(recorder.duplicates()).extracting(Duplicate::same).containsExactly(false);
  }

  @Test
  void whatNobodySentIsUnknown() {
    arrive("a", 0);
    arrive("a", 1);
    arrive("ghost", 0);

    assertThat(recorder.balance(Map.of("a", 1L))).isEqualTo(new Balance(1, 1, 0, 2));
  }

  @Test
  void aMessageUnderAnothersTopicIsUnknownAndDoesNotFillAGap() {
    arrive("telemetry/sensors/b", new Telemetry("steady", "a", 0, DUE));

    assertThat(recorder.balance(Map.of("a", 1L))).isEqualTo(new Balance(1, 0, 1, 1));
  }

  @Test
  void otherStreamsAndOtherPayloadsArePassedOver() {
    arrive("telemetry/sensors/a", new Telemetry("renewal", "a", 0, DUE));
    recorder.message("telemetry/sensors/a", "marked:1".getBytes(StandardCharsets.UTF_8));
    recorder.message("telemetry/sensors/a", "{\"sequence\":".getBytes(StandardCharsets.UTF_8));
    recorder.message("telemetry/sensors/a", new byte[0]);

    assertThat(recorder.balance(Map.of())).isEqualTo(new Balance(0, 0, 0, 0));
  }

  @Test
  void latencyCountsFromTheMomentTheMessageWasDue() {
    arrive("a", 0);

    Latency latency = recorder.latency();
    assertThat(latency.count()).isEqualTo(1);
    assertThat(latency.p99()).isBetween(1.49, 1.51);
  }

  @Test
  void manyMessagesOfOneDevice() {
    for (int i = 999; i >= 0; i--) {
      arrive("a", i);
    }

    assertThat(recorder.balance(Map.of("a", 1_000L))).isEqualTo(new Balance(1_000, 1_000, 0, 0));
  }

  @Test
  void aRepeatAroundAReconnectIsARedelivery() {
    long again = DUE + 10_000_000;
    Duplicate duplicate = new Duplicate("a", 0, DUE, again, true);
    Instant due = NOW.minusMillis(1);

    assertThat(duplicate.isRedelivery(List.of(due.plusSeconds(5)))).isTrue();
    assertThat(duplicate.isRedelivery(List.of(due.minusSeconds(60), due.plusSeconds(11))))
        .isTrue();
    assertThat(duplicate.isRedelivery(List.of())).isFalse();
    assertThat(duplicate.isRedelivery(List.of(due.minusSeconds(60)))).isFalse();
    assertThat(duplicate.isRedelivery(List.of(due.plusSeconds(60)))).isFalse();
  }

  @Test
  void otherBytesAreNoRedeliveryWhateverTheReconnects() {
    assertThat(new Duplicate("a", 0, DUE, DUE, false).isRedelivery(List.of(NOW)))
        .isFalse();
  }
}
