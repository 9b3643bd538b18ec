package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A benchmark that mostly waits, as {@link BenchmarkIT} runs the others. */
@Timeout(300)
class BenchmarkRolloverIT {

  @TempDir
  Path folder;

  /** The story of docs/trust.md. */
  @Test
  void rolloverLosesNoDeviceAndNoMessageAndTheOldRootGoes() throws Exception {
    Path json = folder.resolve("rollover.json");
    Launcher.Result result = Launcher.mintmark(
        "benchmark", "rollover", "--devices", "4", "--lifetime", "12s", "--json", json.toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out()).contains("PASS").doesNotContain("FAIL");
    JsonNode report = BenchmarkIT.read(json);
    assertThat(report.get("passed").asBoolean()).isTrue();
    assertThat(report.get("claims")).hasSize(11);
    JsonNode figures = report.get("figures");
    assertThat(figures.get("devices.lost").asLong()).isZero();
    assertThat(figures.get("messages.lost").asLong()).isZero();
    assertThat(figures.get("messages.sent").asLong()).isGreaterThan(100);
    // Refused with the figures of the moment: some ask for the roots sooner.
    assertThat(result.err()).containsPattern("[0-4] of 5 devices hold it, 99% must");
  }
}
