package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mode approval, decided by operators. */
class ApprovalsIT {

  private static final String JSON = "application/json";

  private static RunningService running;
  private static Enrolments gate;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "other-1");
    running.applyEnrolment("gate", "{mode: approval}");
    gate = new Enrolments(running, "gate");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static RawHttps.Answer decide(long id, String verb, String body) throws IOException {
    return running.operate("POST", "/api/v1/approvals/" + id + "/" + verb, JSON, body);
  }

  @Test
  void waitsForAnOperatorsYes() throws Exception {
    HeldCertificate bootstrap = running.bootstrap("y-1");
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] request = Enrolments.request(keys, "y-1");
    Enrolments.pending(gate.ask(bootstrap, request));
    List<String> before = running.registry();
    Enrolments.pending(gate.ask(bootstrap, request));
    assertThat(running.registry()).as("asking again changes nothing").isEqualTo(before);
    RunningService.expect(404, running.operate("GET", "/api/v1/devices/y-1", null, null));

    JsonNode approval = gate.approval("pending", "y-1");
    assertThat(approval.get("fleet").asText()).isEqualTo("gate");
    assertThat(approval.get("again").asBoolean()).isFalse();
    assertThat(approval.get("keySha256").asText())
        .isEqualTo(Pem.fingerprint(keys.getPublic().getEncoded()));
    assertThat(approval.get("bootstrapSha256").asText())
        .isEqualTo(Pem.fingerprint(bootstrap.certificate().getEncoded()));
    long id = approval.get("id").asLong();
    for (int i = 0; i < 2; i++) {
      JsonNode decided = RunningService.json(
          RunningService.expect(200, decide(id, "approve", "{\"reason\":\"seen it\"}")));
      assertThat(decided.get("state").asText()).isEqualTo("approved");
      assertThat(decided.get("decidedBy").asText()).isEqualTo("operator");
    }
    X509Certificate issued = Enrolments.certificate(gate.ask(bootstrap, request));
    assertThat(Enrolments.certificate(gate.ask(bootstrap, request))).isEqualTo(issued);
    assertThat(gate.audited("approval " + id))
        .containsExactly("approval.requested", "approval.approved");
    assertThat(gate.audited("y-1")).containsExactly("device.entered", "device.enrolled");
    assertThat(gate.approval("used", "y-1").get("id").asLong()).isEqualTo(id);
    RunningService.expect(409, decide(id, "deny", "{}"));
  }

  @Test
  void theEstClientIsToldToWait() {
    EstClient est = new EstClient(
        EstClient.label(running.service().deviceUri(), new FleetId("gate")),
        running.bootstrap("y-2").credential().tlsContext(running.service().trustAnchors()));
    assertThatThrownBy(() -> est.simpleEnroll(Enrolments.request("y-2")))
        .isInstanceOf(EstRetryLaterException.class);
  }

  @Test
  void aYesIsForOneKey() throws Exception {
    HeldCertificate bootstrap = running.bootstrap("k-1");
    byte[] request = Enrolments.request("k-1");
    Enrolments.pending(gate.ask(bootstrap, request));
    long first = gate.approval("pending", "k-1").get("id").asLong();
    // A device has one question open: the former is replaced.
    byte[] other = Enrolments.request("k-1");
    Enrolments.pending(gate.ask(bootstrap, other));
    long second = gate.approval("pending", "k-1").get("id").asLong();
    assertThat(second).isGreaterThan(first);
    RunningService.expect(404, decide(first, "approve", "{}"));
    running.post("/api/v1/approvals/" + second + "/approve");
    Enrolments.pending(gate.ask(bootstrap, request));
    Enrolments.certificate(gate.ask(bootstrap, other));
    // Enrolled by now: in this mode a device that comes again is asked about too.
    Enrolments.pending(gate.ask(bootstrap, request));
    assertThat(gate.approval("pending", "k-1").get("again").asBoolean()).isTrue();
  }

  @Test
  void aNoIsForbidden() throws Exception {
    HeldCertificate bootstrap = running.bootstrap("n-1");
    byte[] request = Enrolments.request("n-1");
    Enrolments.pending(gate.ask(bootstrap, request));
    long id = gate.approval("pending", "n-1").get("id").asLong();
    decide(id, "deny", "{\"reason\":\"not ours\\nat all\"}");
    gate.refused(403, bootstrap, request, "approval " + id, "n-1", "denied", "not ours");
    // An operator may think again.
    running.post("/api/v1/approvals/" + id + "/approve");
    Enrolments.certificate(gate.ask(bootstrap, request));
  }

  @Test
  void aYesCanBeTakenBack() throws Exception {
    HeldCertificate bootstrap = running.bootstrap("t-1");
    byte[] request = Enrolments.request("t-1");
    Enrolments.pending(gate.ask(bootstrap, request));
    long id = gate.approval("pending", "t-1").get("id").asLong();
    running.post("/api/v1/approvals/" + id + "/approve");
    running.post("/api/v1/approvals/" + id + "/deny");
    gate.refused(403, bootstrap, request, "denied");
  }

  @Test
  void asksNobodyAboutWhatIsRefusedAnyway() throws Exception {
    gate.refused(403, running.bootstrap("other-1"), Enrolments.request("other-1"), "another fleet");
    gate.refused(400, running.bootstrap("z-1"), Enrolments.request("z-2"), "contradicts");
    HeldCertificate bootstrap = running.bootstrap("z-1");
    gate.refused(400, bootstrap, Enrolments.request(bootstrap.keys(), "z-1"), "make a new key");
    HeldCertificate stranger = HeldCertificate.builder().commonName("z-1").build();
    gate.refused(403, stranger, Enrolments.request("z-1"), "not issued by a CA");
    running.importManifest("gate", "device,pin\nz-3,\n");
    running.post("/api/v1/devices/z-3/revoke");
    gate.refused(403, running.bootstrap("z-3"), Enrolments.request("z-3"), "revoked");
  }

  @Test
  void survivesARestart(@TempDir Path data) throws Exception {
    try (RunningService other = RunningService.of(data)) {
      other.applyEnrolment("gate", "{mode: approval}");
      Enrolments waiting = new Enrolments(other, "gate");
      HeldCertificate bootstrap = other.bootstrap("s-1");
      byte[] request = Enrolments.request("s-1");
      Enrolments.pending(waiting.ask(bootstrap, request));
      other.stop();
      other.start();
      Enrolments.pending(waiting.ask(bootstrap, request));
      long id = waiting.approvals("pending").get(0).get("id").asLong();
      other.post("/api/v1/approvals/" + id + "/approve");
      other.stop();
      other.start();
      Enrolments.certificate(waiting.ask(bootstrap, request));
    }
  }

  @Test
  void refusesQuestionsThatCannotBe() throws Exception {
    for (String path : List.of("/api/v1/approvals/999999/approve", "/api/v1/approvals/x/deny")) {
      RunningService.expect(404, running.operate("POST", path, null, null));
    }
    RawHttps.Answer answer = RunningService.expect(
        400, running.operate("GET", "/api/v1/approvals?state=maybe", null, null));
    assertThat(answer.body()).contains("maybe").contains("pending");
    RunningService.expect(400, running.operate("GET", "/api/v1/approvals?fleet=A", null, null));
  }
}
