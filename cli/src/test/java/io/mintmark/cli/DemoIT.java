package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, smaller. */
class DemoIT {

  @TempDir
  Path folder;

  @Test
  void everyClaimHolds() throws Exception {
    Path json = folder.resolve("demo.json");
    // With the options a person's has.
    Launcher.Result result = Launcher.run(
        Map.of(), Launcher.mintmarkCommand("demo", "--devices", "5", "--json", json.toString()));
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out()).contains("PASS").doesNotContain("FAIL");
    JsonNode report = new ObjectMapper().readTree(Files.readString(json));
    assertThat(report.path("claims")).hasSize(15);
    for (JsonNode claim : report.path("claims")) {
      assertThat(claim.path("passed").asBoolean()).as(claim.toString()).isTrue();
      assertThat(claim.path("figure").asText()).as(claim.toString()).isNotBlank();
    }
  }

  @Test
  void oddOptionsAreUsage() {
    for (String devices : new String[] {"0", "-3", "many", "1000000"}) {
      Launcher.Result result = Launcher.mintmark("demo", "--devices", devices);
      assertThat(result.exitCode()).as(devices).isEqualTo(2);
      assertThat(result.err()).contains(devices);
    }
  }
}
