package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A benchmark in which days pass, as {@link BenchmarkIT} runs the others. */
@Timeout(300)
class BenchmarkLifetimeIT {

  @TempDir
  Path folder;

  /** Three of the ninety days of docs/sdk/renewals.md. */
  @Test
  void lifetimeLosesNoDeviceAndNoMessage() throws Exception {
    assumeThat(Faketime.find()).as("libfaketime, of Debian's package faketime").isNotNull();
    Path json = folder.resolve("lifetime.json");
    Launcher.Result result = Launcher.mintmark(
        "benchmark",
        "lifetime",
        "--days",
        "3",
        "--devices",
        "2",
        "--pace",
        "100",
        "--json",
        json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    JsonNode figures = BenchmarkIT.read(json).get("figures");
    assertThat(figures.get("days").asDouble()).isGreaterThanOrEqualTo(3);
    assertThat(figures.get("renewals.least").asInt()).isGreaterThanOrEqualTo(2);
    assertThat(figures.get("service.renewals").asInt()).isPositive();
    assertThat(figures.get("broker.renewals").asInt()).isPositive();
    assertThat(figures.get("messages.lost").asLong()).isZero();
  }
}
