package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.RenewalId;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalInfoClient;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When to renew, and that no lost answer costs a device its identity, over real TLS. */
class RenewalIT {

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "r-1", "r-2", "r-3", "r-4");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Credential enroll(String device) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    return new Credential(
        keys.getPrivate(),
        running
            .est(running.bootstrap(device).credential())
            .simpleEnroll(CertificateRequest.create(keys, device)));
  }

  private static Credential renew(Credential current, KeyPair keys) throws Exception {
    return new Credential(
        keys.getPrivate(),
        running.est(current).simpleReenroll(CertificateRequest.renew(keys, current.certificate())));
  }

  private static List<String> states(String device) throws Exception {
    List<String> states = new ArrayList<>();
    for (JsonNode certificate : running.read("/api/v1/devices/" + device).get("certificates")) {
      states.add(certificate.get("state").asText());
    }
    return states;
  }

  private static Optional<RenewalInfo> info(X509Certificate certificate) throws Exception {
    return new RenewalInfoClient(
            running.service().deviceUri(),
            Credential.anonymousTlsContext(running.service().trustAnchors()),
            Clock.systemUTC(),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30))
        .of(certificate);
  }

  @Test
  void tellsAnybodyWhenToRenewACertificate() throws Exception {
    X509Certificate certificate = enroll("r-1").certificate();
    RawHttps.Answer answer = RunningService.expect(
        200, running.device(null).get("/v1/renewal-info/" + RenewalId.of(certificate)));
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.header("Retry-After")).isEqualTo("21600");
    JsonNode window = RunningService.json(answer).get("suggestedWindow");
    Instant start = Instant.parse(window.get("start").asText());
    assertThat(start)
        .isBetween(Instant.now().plus(Duration.ofDays(4)), Instant.now().plus(Duration.ofDays(6)));
    RenewalInfo info = info(certificate).orElseThrow();
    assertThat(info.window().start()).isEqualTo(start);
    assertThat(info.retryAfter()).isEqualTo(Duration.ofHours(6));
  }

  @Test
  void tellsAnUnknownCertificateFromABrokenQuestion() throws Exception {
    RunningService.expect(404, running.device(null).get("/v1/renewal-info/AAAA.AQ"));
    for (String id : List.of("x", "AAAA.", "AAAA.AAAB", "A".repeat(2000))) {
      RunningService.expect(400, running.device(null).get("/v1/renewal-info/" + id));
    }
    RunningService.expect(404, running.device(null).get("/v1/renewal-info/AA%2E.AQ"));
    RunningService.expect(
        405, running.device(null).post("/v1/renewal-info/AAAA.AQ", "text/plain", new byte[1]));
    HeldCertificate stranger = HeldCertificate.builder().commonName("stranger").build();
    assertThatThrownBy(() -> info(stranger.certificate()))
        .hasMessageContaining("has no authorityKeyIdentifier");
  }

  @Test
  void operatorsPullRenewalsForward() throws Exception {
    X509Certificate certificate = enroll("r-2").certificate();
    JsonNode asked = running.post("/api/v1/fleets/sensors/renew-early?over=10m");
    assertThat(asked.get("scope").asText()).isEqualTo("fleet");
    Instant soon = Instant.now().plus(Duration.ofMinutes(11));
    assertThat(info(certificate).orElseThrow().window().end()).isBefore(soon);

    RawHttps.Answer unknown = RunningService.expect(
        404, running.operate("POST", "/api/v1/issuers/00ff/renew-early", null, null));
    String issuer = RenewalId.of(certificate).issuerKeyId();
    assertThat(unknown.body()).contains(issuer);
    assertThat(running
            .post("/api/v1/issuers/" + issuer + "/renew-early")
            .get("subject")
            .asText())
        .isEqualTo(issuer);
    RunningService.expect(
        404, running.operate("POST", "/api/v1/fleets/pumps/renew-early", null, null));
    RunningService.expect(
        400, running.operate("POST", "/api/v1/fleets/sensors/renew-early?over=x", null, null));
  }

  @Test
  void aLostAnswerIsGivenAgain() throws Exception {
    Credential first = enroll("r-3");
    KeyPair keys = CertificateRequest.newKeyPair();
    Credential lost = renew(first, keys);
    // The device goes on with the old one for a while: it asks for something else even.
    List<String> registry = running.registry();
    assertThatThrownBy(() ->
            running.est(first).simpleReenroll(CertificateRequest.create(keys, "somebody-else")))
        .isInstanceOf(EstRefusedException.class);
    assertThat(renew(first, keys).certificate()).isEqualTo(lost.certificate());
    assertThat(running.registry()).isEqualTo(registry);

    // It loses the key too. The certificate nobody holds makes room, the one in use does not.
    Credential second = renew(first, CertificateRequest.newKeyPair());
    assertThat(states("r-3")).containsExactly("issued", "superseded", "issued");
    assertThatThrownBy(() -> renew(lost, CertificateRequest.newKeyPair()))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("is superseded");

    // The new one is seen: the old one ends.
    Credential third = renew(second, CertificateRequest.newKeyPair());
    assertThat(states("r-3")).containsExactly("issued", "issued", "superseded", "superseded");
    assertThatThrownBy(() -> renew(first, CertificateRequest.newKeyPair()))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("is superseded");
    renew(third, CertificateRequest.newKeyPair());
  }
}
