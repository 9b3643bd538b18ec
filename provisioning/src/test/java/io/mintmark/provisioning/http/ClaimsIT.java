package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Identity;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mode claim: a shared certificate, used so many times until then. */
class ClaimsIT {

  private static final String JSON = "application/json";
  private static final String LATER = "2999-01-01T00:00:00Z";

  private static RunningService running;
  private static Enrolments line;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "other-1");
    running.applyEnrolment("line", "{mode: claim}");
    StringBuilder manifest = new StringBuilder("device,pin\n");
    for (int i = 1; i <= 30; i++) {
      manifest.append("c-").append(i).append(",\n");
    }
    manifest.append("pinned,spki-sha256:").append("0".repeat(64)).append("\n");
    running.importManifest("line", manifest.toString());
    line = new Enrolments(running, "line");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  /** Self-signed: who issued it does not count. */
  private static HeldCertificate certificate() {
    return HeldCertificate.builder().commonName("claim").build();
  }

  private static RawHttps.Answer create(String pem, Object uses, String endsAt, boolean anyDevice)
      throws IOException {
    String body = new ObjectMapper()
        .writeValueAsString(
            Map.of("certificate", pem, "uses", uses, "endsAt", endsAt, "anyDevice", anyDevice));
    return running.operate("POST", "/api/v1/fleets/line/claims", JSON, body);
  }

  private static long claim(HeldCertificate shared, int uses, boolean anyDevice)
      throws IOException {
    return RunningService.json(
            RunningService.expect(200, create(shared.certificatePem(), uses, LATER, anyDevice)))
        .get("id")
        .asLong();
  }

  private static JsonNode view(long id) throws IOException {
    for (JsonNode claim : running.read("/api/v1/fleets/line/claims").get("claims")) {
      if (claim.get("id").asLong() == id) {
        return claim;
      }
    }
    throw new AssertionError("no claim " + id);
  }

  @Test
  void enrolsTheDeviceTheRequestNames() throws Exception {
    HeldCertificate shared = certificate();
    long id = claim(shared, 2, false);
    X509Certificate issued = Enrolments.certificate(line.ask(shared, Enrolments.request("c-1")));
    assertThat(Identity.of(issued).name()).isEqualTo("c-1");
    assertThat(view(id).get("used").asInt()).isEqualTo(1);
    assertThat(view(id).get("state").asText()).isEqualTo("open");
    assertThat(line.audited("claim " + id)).containsExactly("claim.created", "claim.spent");
    Enrolments.certificate(line.ask(shared, Enrolments.request("c-2")));
    assertThat(view(id).get("state").asText()).isEqualTo("spent");
    line.refused(403, shared, Enrolments.request("c-3"), "claim " + id, "spent", "2 uses");
  }

  @Test
  void aRepeatedRequestSpendsNothing() throws Exception {
    HeldCertificate shared = certificate();
    long id = claim(shared, 1, false);
    byte[] request = Enrolments.request("c-4");
    X509Certificate issued = Enrolments.certificate(line.ask(shared, request));
    List<String> before = running.registry();
    assertThat(Enrolments.certificate(line.ask(shared, request))).isEqualTo(issued);
    assertThat(running.registry()).isEqualTo(before);
    assertThat(view(id).get("used").asInt()).isEqualTo(1);
    running.operate("DELETE", "/api/v1/fleets/line/claims/" + id, null, null);
    assertThat(Enrolments.certificate(line.ask(shared, request))).isEqualTo(issued);
  }

  @Test
  void atTheLastUseExactlyOneOfManyWins() throws Exception {
    HeldCertificate shared = certificate();
    long id = claim(shared, 1, false);
    List<Callable<RawHttps.Answer>> asking = new ArrayList<>();
    for (int i = 5; i <= 12; i++) {
      byte[] request = Enrolments.request("c-" + i);
      asking.add(() -> line.ask(shared, request));
    }
    ExecutorService threads = Executors.newFixedThreadPool(asking.size());
    try {
      int won = 0;
      for (Future<RawHttps.Answer> answer : threads.invokeAll(asking)) {
        if (answer.get().status() == 200) {
          won++;
        } else {
          RunningService.expect(403, answer.get());
          assertThat(answer.get().body()).contains("spent");
        }
      }
      assertThat(won).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(view(id).get("used").asInt()).isEqualTo(1);
  }

  @Test
  void theSameRequestManyTimesAtOnceSpendsOneUse() throws Exception {
    HeldCertificate shared = certificate();
    long id = claim(shared, 5, false);
    byte[] request = Enrolments.request("c-13");
    Callable<RawHttps.Answer> once = () -> line.ask(shared, request);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      for (Future<RawHttps.Answer> answer :
          threads.invokeAll(List.of(once, once, once, once, once, once))) {
        RunningService.expect(200, answer.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(view(id).get("used").asInt()).isEqualTo(1);
  }

  @Test
  void neverTakesAnEnrolledDeviceOrAnotherFleets() throws Exception {
    HeldCertificate shared = certificate();
    long id = claim(shared, 9, true);
    Enrolments.certificate(line.ask(shared, Enrolments.request("c-14")));
    line.refused(403, shared, Enrolments.request("c-14"), "enrolled already");
    line.refused(403, shared, Enrolments.request("other-1"), "another fleet");
    line.refused(403, shared, Enrolments.request("pinned"), "pin");
    running.post("/api/v1/devices/c-15/revoke");
    line.refused(403, shared, Enrolments.request("c-15"), "revoked");
    assertThat(view(id).get("used").asInt()).isEqualTo(1);
  }

  @Test
  void takesUnlistedDevicesOnlyIfItSaysSo() throws Exception {
    HeldCertificate listed = certificate();
    claim(listed, 9, false);
    line.refused(403, listed, Enrolments.request("new-1"), "not in the manifest");
    HeldCertificate any = certificate();
    claim(any, 9, true);
    Enrolments.certificate(line.ask(any, Enrolments.request("new-1")));
    assertThat(line.audited("new-1")).containsExactly("device.entered", "device.enrolled");
  }

  @Test
  void needsADeviceInTheRequest() throws Exception {
    HeldCertificate shared = certificate();
    claim(shared, 9, true);
    KeyPair keys = CertificateRequest.newKeyPair();
    line.refused(400, shared, Requests.signed(keys, "SHA256withECDSA", "O=nobody"), "has no CN");
    line.refused(400, shared, Requests.signed(keys, "SHA256withECDSA", "CN=a+CN=b"), "has no CN");
    line.refused(400, shared, Enrolments.request("+/#"), "no device id");
    line.refused(
        400, shared, Requests.signed(keys, "SHA256withECDSA", "CN=c-16,O=x"), "contradicts");
    line.refused(400, shared, Enrolments.request(shared.keys(), "c-16"), "key of the bootstrap");
  }

  @Test
  void refusesWhatIsNoClaimCertificate() throws Exception {
    line.refused(403, certificate(), Enrolments.request("c-17"), "no claim certificate");
    line.refused(403, running.bootstrap("c-17"), Enrolments.request("c-17"), "no claim cert");
    // Nor does a claim open another fleet, nor a claim certificate a fleet of another mode.
    HeldCertificate shared = certificate();
    claim(shared, 9, false);
    running.applyEnrolment("line-2", "{mode: claim}");
    new Enrolments(running, "line-2")
        .refused(403, shared, Enrolments.request("c-17"), "no claim certificate");
    new Enrolments(running, "sensors")
        .refused(403, shared, Enrolments.request("other-1"), "not issued by a CA");
  }

  @Test
  void endsWhenItSaysSo() throws Exception {
    HeldCertificate shared = certificate();
    String soon = Instant.now().plusSeconds(3).toString();
    long id = RunningService.json(
            RunningService.expect(200, create(shared.certificatePem(), 5, soon, false)))
        .get("id")
        .asLong();
    Awaitility.await().until(() -> view(id).get("state").asText().equals("ended"));
    line.refused(403, shared, Enrolments.request("c-18"), "claim " + id, "ended");
  }

  @Test
  void anOperatorTakesItBack() throws Exception {
    HeldCertificate shared = certificate();
    long id = claim(shared, 5, false);
    String path = "/api/v1/fleets/line/claims/" + id;
    assertThat(create(shared.certificatePem(), 5, LATER, false).status()).isEqualTo(409);
    for (int i = 0; i < 2; i++) {
      RawHttps.Answer answer =
          RunningService.expect(200, running.operate("DELETE", path, null, null));
      assertThat(RunningService.json(answer).get("state").asText()).isEqualTo("revoked");
    }
    assertThat(line.audited("claim " + id)).containsExactly("claim.created", "claim.revoked");
    line.refused(403, shared, Enrolments.request("c-19"), "claim " + id, "revoked");
    // And makes another one of the same certificate.
    claim(shared, 1, false);
    Enrolments.certificate(line.ask(shared, Enrolments.request("c-19")));
  }

  @Test
  void refusesClaimsThatCannotBe() throws Exception {
    List<String> before = running.registry();
    String pem = certificate().certificatePem();
    HeldCertificate ca = HeldCertificate.builder().authority(0).build();
    HeldCertificate server =
        HeldCertificate.builder().purposes(KeyPurposeId.id_kp_serverAuth).build();
    HeldCertificate old = HeldCertificate.builder()
        .validity(Instant.now().minusSeconds(60), Instant.now().minusSeconds(30))
        .build();
    invalid(create("none", 1, LATER, false), "cannot be used");
    invalid(create(ca.certificatePem(), 1, LATER, false), "is a CA's");
    invalid(create(server.certificatePem(), 1, LATER, false), "clientAuth");
    invalid(create(old.certificatePem(), 1, LATER, false), "not now");
    invalid(create(pem, 0, LATER, false), "0 uses");
    invalid(create(pem, 1_000_001, LATER, false), "1000001 uses");
    invalid(create(pem, 1, "2020-01-01T00:00:00Z", false), "2020");
    invalid(create(pem, "many", LATER, false), "JSON");
    invalid(
        running.operate("POST", "/api/v1/fleets/line/claims", JSON, "{\"uses\": 1}"),
        "certificate");
    assertThat(running
            .operate(
                "POST",
                "/api/v1/fleets/sensors/claims",
                JSON,
                "{\"certificate\":\"" + pem.replace("\n", "\\n") + "\",\"uses\":1,\"endsAt\":\""
                    + LATER + "\"}")
            .body())
        .contains("enrols by manifest");
    RunningService.expect(404, running.operate("GET", "/api/v1/fleets/no/claims", null, null));
    RunningService.expect(
        404, running.operate("DELETE", "/api/v1/fleets/line/claims/999999", null, null));
    RunningService.expect(
        404, running.operate("DELETE", "/api/v1/fleets/line/claims/x", null, null));
    assertThat(running.registry()).isEqualTo(before);
  }

  private static void invalid(RawHttps.Answer answer, String words) {
    RunningService.expect(400, answer);
    assertThat(answer.body()).contains(words);
  }
}
