package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.ConnectReport.Figures;
import io.mintmark.simulators.ConnectReport.Result;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectReportTest {

  @Test
  void barsAreHeldToTheBaselinesOfTheSameRun() {
    ConnectReport report = report(
        Map.of(),
        result("fast", 500, 1_000),
        result("stock", 90, 250),
        result("mosquitto", 900, 900));
    assertThat(report.bars()).allMatch(Bar::reached);
    assertThat(report.table())
        .contains("PASS  warm rate over stock: 4.00 (at least 3.5)")
        .contains("PASS  warm rate over mosquitto: 1.11 (at least 1.0)")
        .contains("PASS  rate in the first 10 s over warm rate: 0.50 (at least 0.5)")
        .contains("PASS  seconds to the open port: 4.00 (at most 10.0)")
        .doesNotContain("lower bound", "not held to one core");

    ConnectReport slow = report(
        Map.of(),
        result("fast", 499, 1_000),
        result("stock", 90, 290),
        result("mosquitto", 900, 1_001));
    assertThat(slow.bars()).extracting(Bar::reached).containsExactly(false, false, false, true);
    assertThat(slow.table()).contains("FAIL  warm rate over stock: 3.45");
  }

  @Test
  void whatWasNotMeasuredIsNoPass() {
    ConnectReport report =
        report(Map.of("mosquitto", "it is not installed"), result("fast", 500, 1_000));
    assertThat(report.bars()).extracting(Bar::reached).containsExactly(null, null, true, true);
    assertThat(report.table())
        .contains("mosquitto was not measured: it is not installed")
        .contains("----  warm rate over mosquitto: not measured (at least 1.0)")
        .doesNotContain("PASS  warm rate");
    assertThat(report.toJson()).contains("\"measured\" : 0.5", "\"reached\" : true");
    assertThat(report(Map.of()).passed()).isFalse();
    assertThat(report(Map.of()).bars()).extracting(Bar::reached).containsOnlyNulls();
  }

  @Test
  void oneThatWasNotAdmittedIsAFailure() {
    assertThat(report(Map.of(), result("fast", 500, 1_000)).passed()).isTrue();
    Result refused = new Result(
        "fast",
        new MeasuredBroker.Facts("Mintmark", "ACCP", null),
        4,
        figures(500, 1, Map.of()),
        figures(1_000, 0.5, Map.of("CONNACK 0x87", 2L)));
    ConnectReport report = report(Map.of(), refused);
    assertThat(report.passed()).isFalse();
    assertThat(report.table())
        .contains("fast: 2 were not admitted: CONNACK 0x87", "fast was not held to one core");
  }

  @Test
  void aBrokerWithTimeLeftIsSaidToHaveIt() {
    Result idle = new Result(
        "fast",
        new MeasuredBroker.Facts("Mintmark", "ACCP", 1),
        4,
        figures(500, 1, Map.of()),
        figures(1_000, 0.5, Map.of()));
    assertThat(report(Map.of(), idle).table())
        .contains("fast had 50 % of its core to do: its rate is a lower bound");
  }

  private static ConnectReport report(Map<String, String> missing, Result... results) {
    return new ConnectReport(
        Instant.EPOCH, 32, 3_000, 10, Environment.current(), List.of(results), missing);
  }

  private static Result result(String label, double cold, double warm) {
    return new Result(
        label,
        new MeasuredBroker.Facts(label, "some", 1),
        4,
        figures(cold, 1, Map.of()),
        figures(warm, 1, Map.of()));
  }

  private static Figures figures(double rate, double busy, Map<String, Long> failures) {
    return new Figures(
        (long) rate, failures, rate, new Latency((long) rate, 1, 2, 3), 0.9, 0.4, busy, 0.4);
  }
}
