package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.ocsp.OcspQuestions;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Taking trust back over the operator API, as CRL and OCSP show it. */
class BulkRevocationIT {

  private static final String JSON = "application/json";

  private static RunningService running;
  private static PlainHttp http;
  private static X509Certificate issuer;
  private static String issuerId;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.withStatus(
        data, "http://pki.example.org:8480", 0, "d-1", "d-2", "single", "other");
    http = new PlainHttp(running.service().statusUri().orElseThrow());
    for (JsonNode ca : running.read("/api/v1/issuers").get("issuers")) {
      if (ca.get("role").asText().equals("issuing")) {
        issuerId = ca.get("id").asText();
      }
    }
    issuer = Pem.certificate(http.get("/ca/" + issuerId + ".cer").body());
    running.applyFleet("pumps", "7d");
    running.importManifest("pumps", "device\np-1\np-2\np-3\n");
    running.applyFleet("empty", "7d");
  }

  @AfterAll
  static void stop() {
    if (running != null) {
      running.close();
    }
  }

  private static X509Certificate enroll(String fleet, String device) throws Exception {
    return Enrolments.certificate(new Enrolments(running, fleet).ask(device));
  }

  private static X509CRLEntry onCrl(X509Certificate certificate) throws Exception {
    X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509")
        .generateCRL(
            new ByteArrayInputStream(http.get("/crl/" + issuerId + ".crl").body()));
    return crl.getRevokedCertificate(certificate.getSerialNumber());
  }

  private static CertificateStatus ocsp(X509Certificate certificate) throws Exception {
    HttpResponse<byte[]> answer = http.ocsp(
        OcspQuestions.request(null, OcspQuestions.sha256(issuer, certificate.getSerialNumber())));
    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(answer.body()).getResponseObject();
    return basic.getResponses()[0].getCertStatus();
  }

  private static void await(Callable<Boolean> rule) {
    Awaitility.await().until(rule);
  }

  private static JsonNode ask(String path, String body) throws Exception {
    return RunningService.json(
        RunningService.expect(200, running.operate("POST", path, JSON, body)));
  }

  /** Asks for something that is done to many, and waits for its end. */
  private static JsonNode run(String path, String body) throws Exception {
    long id = ask(path, body).get("id").asLong();
    await(() -> running.read("/api/v1/revocations/" + id).has("finishedAt"));
    return running.read("/api/v1/revocations/" + id);
  }

  private static void requireRevoked(X509Certificate certificate, RevocationReason reason)
      throws Exception {
    CRLReason listedAs = CRLReason.valueOf(reason.name());
    await(() -> onCrl(certificate) != null && onCrl(certificate).getRevocationReason() == listedAs);
    Instant listed = onCrl(certificate).getRevocationDate().toInstant();
    assertThat(ocsp(certificate)).isInstanceOfSatisfying(RevokedStatus.class, revoked -> {
      assertThat(revoked.getRevocationReason()).isEqualTo(reason.code());
      assertThat(revoked.getRevocationTime().toInstant()).isEqualTo(listed);
    });
  }

  @Test
  void aFleetIsSuspendedReleasedAndRevoked() throws Exception {
    X509Certificate first = enroll("pumps", "p-1");
    X509Certificate second = enroll("pumps", "p-2");

    JsonNode suspended = run("/api/v1/fleets/pumps/suspend", "{}");
    assertThat(suspended.get("done").asLong()).isEqualTo(3);
    assertThat(suspended.get("certificates").asLong()).isEqualTo(2);
    requireRevoked(first, RevocationReason.CERTIFICATE_HOLD);
    RunningService.expect(
        403,
        running.enroll("pumps", running.bootstrap("p-3").credential(), Enrolments.request("p-3")));

    run("/api/v1/fleets/pumps/release", "{}");
    await(() -> onCrl(first) == null && onCrl(second) == null);
    assertThat(ocsp(first)).isSameAs(CertificateStatus.GOOD);

    JsonNode revoked = run("/api/v1/fleets/pumps/revoke", "{\"reason\": \"keyCompromise\"}");
    assertThat(revoked.get("reason").asText()).isEqualTo("keyCompromise");
    requireRevoked(first, RevocationReason.KEY_COMPROMISE);
    requireRevoked(second, RevocationReason.KEY_COMPROMISE);
    JsonNode device = running.read("/api/v1/devices/p-3");
    assertThat(device.get("state").asText()).isEqualTo("revoked");
    assertThat(device.get("run").asLong()).isEqualTo(revoked.get("id").asLong());
    assertThat(running.read("/api/v1/revocations").get("revocations"))
        .extracting(r -> r.get("scope").asText() + " " + r.get("verb").asText())
        .contains("fleet revoke", "fleet release", "fleet suspend");
  }

  @Test
  void oneCertificateAndOneDevice() throws Exception {
    X509Certificate certificate = enroll("sensors", "single");
    String path = "/api/v1/certificates/" + certificate.getSerialNumber().toString(16);
    assertThat(running.read(path).get("state").asText()).isEqualTo("issued");

    JsonNode revoked = ask(path + "/revoke", "{\"reason\": \"affiliationChanged\"}");
    assertThat(revoked.get("reason").asText()).isEqualTo("affiliationChanged");
    requireRevoked(certificate, RevocationReason.AFFILIATION_CHANGED);

    X509Certificate next = enroll("sensors", "single");
    ask("/api/v1/devices/single/retire", "{}");
    requireRevoked(next, RevocationReason.CESSATION_OF_OPERATION);
    assertThat(running.read("/api/v1/devices?state=retired").get("devices")).hasSize(1);
  }

  @Test
  void whatAnIssuerSignedBeforeATime() throws Exception {
    X509Certificate certificate = enroll("sensors", "d-1");
    String before = Instant.now().toString();
    Awaitility.await().until(() -> Instant.now().isAfter(Instant.parse(before).plusMillis(2)));
    X509Certificate later = enroll("sensors", "d-2");

    JsonNode done = run(
        "/api/v1/issuers/" + issuerId + "/revoke-issued",
        "{\"before\": \"" + before + "\", \"reason\": \"cACompromise\"}");
    assertThat(done.get("before").asText()).startsWith(before.substring(0, 19));
    requireRevoked(certificate, RevocationReason.CA_COMPROMISE);
    assertThat(ocsp(later)).isSameAs(CertificateStatus.GOOD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "404|certificates/abc/revoke|{}|no certificate with serial abc was issued here",
        "400|certificates/x-y/revoke|{}|serial number 'x-y' is none",
        "404|certificates/1/revoke|{'issuer':'ff'}|there is no CA 'ff' here",
        "400|devices/other/revoke|{'reason':'stolen'}|use one of [unspecified",
        "400|devices/other/revoke|{'reason':'keyCompromized'}|did you mean 'keyCompromise'?",
        "400|devices/other/revoke|{'reason':'certificateHold'}|suspend the device",
        "400|devices/other/revoke|{'reason':'removeFromCRL'}|for delta CRLs alone",
        "400|devices/other/revoke|{'why':'x'}|the body is not the JSON expected",
        "404|devices/none/retire|{}|device 'none' is not known",
        "409|devices/other/release|{}|device 'other' is pending, not suspended",
        "404|fleets/none/revoke|{}|fleet 'none' is not known",
        "409|fleets/empty/revoke|{}|fleet 'empty' has no device that is not revoked",
        "409|fleets/sensors/release|{}|fleet 'sensors' is not suspended",
        "400|fleets/sensors/revoke|{'reason':'cACompromise'}|is for what is below a CA",
        "404|factory-cas/00/revoke|{}|factory CA '00' is not known",
        "404|issuers/00/revoke-issued|{'before':'2020-01-01T00:00:00Z'}|there is no CA '00'",
        "404|revocations/99/resume|{}|there is no run 99",
        "404|revocations/x/resume|{}|there is no run 'x'",
      })
  void refusesInOneLineAndChangesNothing(int status, String path, String body, String why)
      throws Exception {
    List<String> before = registry();
    JsonNode problem = RunningService.json(RunningService.expect(
        status, running.operate("POST", "/api/v1/" + path, JSON, body.replace('\'', '"'))));
    assertThat(problem.get("error").asText()).contains(why).hasLineCount(1);
    assertThat(registry()).isEqualTo(before);
  }

  /** But for CRLs, which are made when they are due. */
  private static List<String> registry() throws Exception {
    return running.registry().stream().filter(row -> !row.startsWith("crls|")).toList();
  }
}
