package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Identity;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modes manifest and open, where the device id comes from, and enrolling again. */
class EnrolmentModesIT {

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "m-1", "m-2");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @Test
  void manifestTakesListedDevicesOnly() throws Exception {
    Enrolments sensors = new Enrolments(running, "sensors");
    Enrolments.certificate(sensors.ask("m-1"));
    sensors.refused(
        403, running.bootstrap("m-9"), Enrolments.request("m-9"), "not in the manifest");
  }

  @Test
  void openEntersAnyDeviceOfTheFactory() throws Exception {
    running.applyEnrolment("open", "{mode: open}");
    Enrolments open = new Enrolments(running, "open");
    X509Certificate issued = Enrolments.certificate(open.ask("o-1"));
    assertThat(Identity.of(issued).name()).isEqualTo("o-1");
    JsonNode device = running.read("/api/v1/devices/o-1");
    assertThat(device.get("fleet").asText()).isEqualTo("open");
    assertThat(device.get("state").asText()).isEqualTo("active");
    assertThat(open.audited("o-1")).containsExactly("device.entered", "device.enrolled");

    HeldCertificate stranger = HeldCertificate.builder().commonName("o-2").build();
    open.refused(403, stranger, Enrolments.request("o-2"), "not issued by a CA trusted here");
    open.refused(400, running.bootstrap("o-3"), Enrolments.request("o-4"), "contradicts");
  }

  @Test
  void openTakesNoDeviceOfAnotherFleet() throws Exception {
    running.applyEnrolment("open-2", "{mode: open}");
    new Enrolments(running, "open-2")
        .refused(403, running.bootstrap("m-2"), Enrolments.request("m-2"), "another fleet");
  }

  @Test
  void openHoldsPinsAndStates() throws Exception {
    running.applyEnrolment("open-3", "{mode: open}");
    Enrolments open = new Enrolments(running, "open-3");
    running.importManifest("open-3", "device,pin\np-1,spki-sha256:" + "0".repeat(64) + "\np-2,\n");
    open.refused(403, running.bootstrap("p-1"), Enrolments.request("p-1"), "pin");
    running.post("/api/v1/devices/p-2/suspend");
    open.refused(403, running.bootstrap("p-2"), Enrolments.request("p-2"), "suspended");
  }

  @ParameterizedTest
  @CsvSource({
    "subject, of-subject",
    "serial-number, of-serial-number",
    "common-name, cn-1",
    "san-dns, dns-1.example",
    "san-uri, uri-1"
  })
  void takesTheDeviceIdFromWhereTheFleetSays(String source, String device) throws Exception {
    running.applyEnrolment("from-" + source, "{mode: open, device-id: " + source + "}");
    HeldCertificate bootstrap = HeldCertificate.builder()
        .serialNumberAttribute("of-" + source)
        .commonName("cn-1")
        .dns("dns-1.example")
        .uri("urn:example:devices/uri-1")
        .signedBy(running.factory)
        .build();
    X509Certificate issued = Enrolments.certificate(
        new Enrolments(running, "from-" + source).ask(bootstrap, Enrolments.request(device)));
    assertThat(Identity.of(issued).name()).isEqualTo(device);
    assertThat(running.read("/api/v1/fleets/from-" + source).get("deviceId").asText())
        .isEqualTo(source);
  }

  @ParameterizedTest
  @CsvSource({
    "serial-number, one serialNumber attribute",
    "san-dns, one DNS name",
    "san-uri, one URI"
  })
  void refusesBootstrapCertificatesThatNameNoDevice(String source, String words) throws Exception {
    running.applyEnrolment("none-" + source, "{mode: open, device-id: " + source + "}");
    Enrolments fleet = new Enrolments(running, "none-" + source);
    fleet.refused(403, running.bootstrap("n-1"), Enrolments.request("n-1"), words);
    HeldCertificate two = HeldCertificate.builder()
        .serialNumberAttribute("a")
        .serialNumberAttribute("b")
        .dns("a")
        .dns("b")
        .uri("urn:a:b")
        .uri("urn:a:c")
        .signedBy(running.factory)
        .build();
    fleet.refused(403, two, Enrolments.request("a"), words);
    HeldCertificate bad = HeldCertificate.builder()
        .serialNumberAttribute("+/#")
        .dns("*.example")
        .uri("https://example.org/devices/")
        .signedBy(running.factory)
        .build();
    fleet.refused(403, bad, Enrolments.request("a"), "no device id");
  }

  @Test
  void againDenyRefusesAnotherKeyAndRepeatsTheSame() throws Exception {
    running.applyEnrolment("once", "{mode: open, again: deny}");
    Enrolments once = new Enrolments(running, "once");
    byte[] request = Enrolments.request("d-1");
    HeldCertificate bootstrap = running.bootstrap("d-1");
    X509Certificate issued = Enrolments.certificate(once.ask(bootstrap, request));
    assertThat(Enrolments.certificate(once.ask(bootstrap, request))).isEqualTo(issued);
    once.refused(403, bootstrap, Enrolments.request("d-1"), "enrolled already", "again: deny");
  }

  @Test
  void againDenyGivesOneOfManyKeysAtOnceItsCertificate() throws Exception {
    running.applyEnrolment("race", "{mode: open, again: deny}");
    Enrolments race = new Enrolments(running, "race");
    List<Callable<RawHttps.Answer>> asking = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      asking.add(() -> race.ask("r-1"));
    }
    ExecutorService threads = Executors.newFixedThreadPool(asking.size());
    try {
      int certificates = 0;
      for (Future<RawHttps.Answer> answer : threads.invokeAll(asking)) {
        assertThat(answer.get().status()).as(answer.get().body()).isIn(200, 403);
        certificates += answer.get().status() == 200 ? 1 : 0;
      }
      assertThat(certificates).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void againAllowGivesAnotherCertificate() throws Exception {
    running.applyEnrolment("often", "{mode: open, again: allow}");
    Enrolments often = new Enrolments(running, "often");
    Enrolments.certificate(often.ask("a-1"));
    Enrolments.certificate(often.ask("a-1"));
    assertThat(often.audited("a-1")).endsWith("device.enrolled", "device.enrolled-again");
  }

  @Test
  void againApproveAsksSomebody() throws Exception {
    running.applyEnrolment("ask", "{mode: open, again: approve}");
    Enrolments ask = new Enrolments(running, "ask");
    HeldCertificate bootstrap = running.bootstrap("q-1");
    Enrolments.certificate(ask.ask(bootstrap, Enrolments.request("q-1")));
    KeyPair keys = CertificateRequest.newKeyPair();
    Enrolments.pending(ask.ask(bootstrap, Enrolments.request(keys, "q-1")));
    JsonNode approval = ask.approvals("pending").get(0);
    assertThat(approval.get("again").asBoolean()).isTrue();
    running.post("/api/v1/approvals/" + approval.get("id").asLong() + "/approve");
    Enrolments.certificate(ask.ask(bootstrap, Enrolments.request(keys, "q-1")));
    Enrolments.pending(ask.ask(bootstrap, Enrolments.request("q-1")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{mode: opne}|did you mean 'open'?",
        "{mode: everybody}|use one of [manifest, open, claim, approval]",
        "{mode: open, device-id: san-dsn}|did you mean 'san-dns'?",
        "{mode: open, again: alow}|did you mean 'allow'?",
        "{mode: open, agian: allow}|did you mean 'again'?",
        "{mode: claim, again: allow}|could take over an enrolled device",
        "{mode: claim, device-id: subject}|does not go with mode claim",
        "{mode: approval, webhook: {url: 'https://localhost/'}}|'trust' is missing",
        "{mode: approval, webhook: {trust: ca.pem}}|'url' is missing",
        "{mode: approval, webhook: {url: 'https://localhost/', trust: ca.pem}}|is not PEM",
        "{mode: approval, webhook: {url: 'https://localhost/', trsut: x}}|did you mean 'trust'?",
      })
  void refusesEnrolmentsThatCannotBe(String enrolment, String words) throws Exception {
    List<String> before = running.registry();
    RawHttps.Answer answer = running.operate(
        "PUT", "/api/v1/fleets", "application/yaml", running.fleetYaml("bad", "7d", enrolment));
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(words).contains("line ");
    assertThat(running.registry()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "approval, http://localhost/, 3s, needs https",
    "approval, https:///path, 3s, a host",
    "approval, https://user@localhost/, 3s, no user",
    "approval, https://localhost/, 0s, 1s to 20s",
    "approval, https://localhost/, 1m, 1s to 20s",
    "open, https://localhost/, 3s, never be asked"
  })
  void refusesWebhooksThatCannotBe(String mode, String url, String timeout, String words)
      throws Exception {
    String enrolment = "{mode: %s, webhook: {url: '%s', timeout: %s, trust: \"%s\"}}"
        .formatted(mode, url, timeout, running.factory.certificatePem().replace("\n", "\\n"));
    RawHttps.Answer answer = running.operate(
        "PUT", "/api/v1/fleets", "application/yaml", running.fleetYaml("bad", "7d", enrolment));
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(words);
  }
}
