package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.FleetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fleets of docs/est.md, section Modes, applied as they are printed there. */
class ModesDocumentIT {

  private static final Path DOCUMENT = Path.of("..", "docs", "est.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ID = Pattern.compile("fleet: ([a-z0-9-]+)\n");

  private static RunningService running;
  private static final List<String> FLEETS = new ArrayList<>();

  @BeforeAll
  static void applyAll(@TempDir Path data, @TempDir Path folder) throws Exception {
    running = RunningService.of(data);
    HeldCertificate webhookCa = HeldCertificate.builder().authority(0).build();
    Files.writeString(folder.resolve("factory-ca.pem"), running.factory.certificatePem());
    Files.writeString(folder.resolve("webhook-ca.pem"), webhookCa.certificatePem());
    Matcher blocks = YAML.matcher(DocumentSection.of(DOCUMENT, "Modes"));
    while (blocks.find()) {
      Matcher id = ID.matcher(blocks.group(1));
      assertThat(id.find()).as(blocks.group(1)).isTrue();
      FLEETS.add(id.group(1));
      Path file = Files.writeString(folder.resolve(id.group(1) + ".yaml"), blocks.group(1));
      RunningService.expect(
          200,
          running.operate("PUT", "/api/v1/fleets", "application/yaml", FleetFile.inline(file)));
      running.importManifest(id.group(1), "device,pin\n" + id.group(1) + "-1,\n");
    }
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static RawHttps.Answer ask(String fleet, String device) throws IOException {
    return new Enrolments(running, fleet).ask(device);
  }

  @Test
  void showsEachMode() {
    assertThat(FLEETS).containsExactly("sensors", "meters", "lamps", "pumps", "valves", "locks");
  }

  @Test
  void manifest() throws Exception {
    Enrolments.certificate(ask("sensors", "sensors-1"));
    RunningService.expect(403, ask("sensors", "sensors-2"));
  }

  @Test
  void open() throws Exception {
    Enrolments.certificate(ask("meters", "meters-2"));
  }

  @Test
  void claim() throws Exception {
    HeldCertificate shared = HeldCertificate.builder().commonName("lamps claim").build();
    String body = new ObjectMapper()
        .writeValueAsString(Map.of(
            "certificate",
            shared.certificatePem(),
            "uses",
            5000,
            "endsAt",
            "2999-01-31T00:00:00Z"));
    RunningService.expect(
        200, running.operate("POST", "/api/v1/fleets/lamps/claims", "application/json", body));
    Enrolments lamps = new Enrolments(running, "lamps");
    Enrolments.certificate(lamps.ask(shared, Enrolments.request("lamps-1")));
    lamps.refused(403, shared, Enrolments.request("lamps-1"), "again: deny");
    lamps.refused(403, shared, Enrolments.request("lamps-2"), "not in the manifest");
  }

  @Test
  void approval() throws Exception {
    Enrolments.pending(ask("pumps", "pumps-2"));
    assertThat(running.read("/api/v1/fleets/pumps").get("again").asText()).isEqualTo("approve");
  }

  @Test
  void approvalByAWebhookNobodyRuns() throws Exception {
    RunningService.expect(503, ask("valves", "valves-2"));
  }

  @Test
  void againDeny() throws Exception {
    Enrolments.certificate(ask("locks", "locks-1"));
    RunningService.expect(403, ask("locks", "locks-1"));
  }
}
