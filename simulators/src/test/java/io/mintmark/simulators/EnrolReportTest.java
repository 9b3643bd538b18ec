package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnrolReportTest {

  private static final EnrolReport.Result FAST = result("fast", "ACCP", Map.of(), 900, 1.5);
  private static final EnrolReport.Result STOCK = result("stock", "SunEC", Map.of(), 300, 4.5);

  private static EnrolReport.Result result(
      String label, String provider, Map<String, Long> failures, double rate, double cpu) {
    return new EnrolReport.Result(
        label,
        new MeasuredService.Facts("17.0.15", provider, "wal", "full"),
        1000,
        failures,
        rate,
        new Latency(1000, 12.25, 40.5, 61),
        cpu,
        0.75);
  }

  private static EnrolReport report(EnrolReport.Result... results) {
    return new EnrolReport(
        Instant.parse("2026-02-01T00:00:00Z"),
        16,
        6000,
        new Environment(
            "17.0.15", "OpenJDK", "Linux 6", "amd64", "a processor", 2, 1024, 4096, "ACCP"),
        List.of(results));
  }

  @Test
  void passesOnlyIfEveryDeviceEnrolled() {
    assertThat(report(FAST, STOCK).passed()).isTrue();
    assertThat(
            report(FAST, result("b", "SunEC", Map.of("answered 503", 1L), 1, 1)).passed())
        .isFalse();
  }

  @Test
  void theTableShowsEachServiceAndWhatFailed() {
    EnrolReport.Result failed = result("stock", "SunEC", Map.of("answered 503", 2L), 300, 4.5);
    assertThat(report(FAST, failed).table().lines())
        .contains(
            "                         fast                    stock",
            "failed                   0                       2",
            "rate, 1/s                900                     300",
            "server CPU, ms each      1.50                    4.50",
            "SQLite                   wal, synchronous=full   wal, synchronous=full",
            "stock: 2 failed: answered 503",
            "fast has 3.00 times the rate of stock and uses 0.33 of its processor time",
            "16 at a time after 6000 to warm up; generator: Java 17.0.15, 2 processors, ACCP");
  }

  @Test
  void comparesWithTheLastOne() throws Exception {
    JsonNode two = new ObjectMapper().readTree(report(FAST, STOCK).toJson());
    assertThat(two.get("rateRatio").asDouble()).isEqualTo(3);
    assertThat(two.get("cpuRatio").asDouble()).isEqualTo(1 / 3.0);
    assertThat(two.get("passed").asBoolean()).isTrue();
    JsonNode one = new ObjectMapper().readTree(report(FAST).toJson());
    assertThat(one.has("rateRatio")).isFalse();
    assertThat(one.has("cpuRatio")).isFalse();
  }
}
