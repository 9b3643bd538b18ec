package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.simulators.RenewReport.Flow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenewReportTest {

  private static final Flow WHOLE = new Flow(100, 100, 0, 0, 2, 0, Map.of());
  private static final Latency QUICK = new Latency(10, 12.5, 40, 41);

  private static RenewReport report(
      int renewed, int kept, int lost, Latency gap, Flow telemetry, Flow commands, int live) {
    return new RenewReport(
        Instant.EPOCH,
        2,
        10,
        renewed,
        (int) gap.count(),
        kept,
        lost,
        gap,
        telemetry,
        commands,
        live,
        Map.of(),
        Environment.current());
  }

  @Test
  void allThatIsPromisedHasToHold() {
    RenewReport good = report(10, 10, 0, QUICK, WHOLE, WHOLE, 1);
    assertThat(good.passed()).as(good.table()).isTrue();
    assertThat(good.table())
        .contains("p50 12.5, p99 40.0, max 41.0")
        .contains("10 of 10, each with another key")
        .contains("PASS  longest gap without a connection, ms: 41.00 (at most 200.0)")
        .contains("PASS  messages lost, both ways: 0.00 (at most 0.0)");
    assertThat(good.toJson()).contains("\"passed\" : true", "\"sessionsKept\" : 10");

    Flow holed = new Flow(100, 99, 1, 0, 0, 0, Map.of());
    Flow strange = new Flow(100, 100, 0, 0, 1, 1, Map.of());
    Latency slow = new Latency(10, 12.5, 40, 201);
    assertThat(report(9, 10, 0, QUICK, WHOLE, WHOLE, 1).passed()).isFalse();
    assertThat(report(10, 9, 0, QUICK, WHOLE, WHOLE, 1).passed()).isFalse();
    assertThat(report(10, 10, 1, QUICK, WHOLE, WHOLE, 1).passed()).isFalse();
    assertThat(report(10, 10, 0, QUICK, holed, WHOLE, 1).passed()).isFalse();
    assertThat(report(10, 10, 0, QUICK, WHOLE, strange, 1).passed()).isFalse();
    assertThat(report(10, 10, 0, QUICK, WHOLE, WHOLE, 3).passed()).isFalse();
    RenewReport late = report(10, 10, 0, slow, WHOLE, WHOLE, 1);
    assertThat(late.passed()).isFalse();
    assertThat(late.table()).contains("FAIL  longest gap");
  }

  @Test
  void whatIsNotPossibleIsSaid() {
    Path folder = Path.of("life");
    assertThatThrownBy(() -> new RenewOptions(2, 101, 5, 10, folder))
        .hasMessageContaining("1 to 100");
    assertThatThrownBy(() -> life(90, Duration.ofHours(5))).hasMessageContaining("use 1 to 240");
    assertThatThrownBy(() -> life(0, Duration.ofHours(4))).hasMessageContaining("0 days");
  }

  /** Three quarters of a day and a step late, each time. */
  @Test
  void theLeastRenewalsOfALife() {
    assertThat(life(90, Duration.ofHours(4)).leastRenewals()).isEqualTo(97);
    assertThat(life(1, Duration.ofHours(4)).leastRenewals()).isEqualTo(1);
  }

  private static LifetimeOptions life(int days, Duration step) {
    return new LifetimeOptions(
        days, step, Duration.ZERO, Duration.ofDays(1), 5, 20, Path.of("life"));
  }
}
