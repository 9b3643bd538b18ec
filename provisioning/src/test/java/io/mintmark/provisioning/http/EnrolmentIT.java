package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The happy paths of EST over real TLS. */
class EnrolmentIT {

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "d-1", "d-2", "d-3", "d-4", "d-5", "d-6", "d-7", "d-8");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Credential enroll(String device) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    List<X509Certificate> answer = running
        .est(running.bootstrap(device).credential())
        .simpleEnroll(CertificateRequest.create(keys, device));
    return new Credential(keys.getPrivate(), answer);
  }

  @Test
  void givesADeviceItsIdentity() throws Exception {
    Credential credential = enroll("d-1");
    assertThat(credential.chain()).as("the leaf alone").hasSize(1);
    assertThat(credential.identity().spiffeId())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-1");
    JsonNode device = running.read("/api/v1/devices/d-1");
    assertThat(device.get("state").asText()).isEqualTo("active");
    assertThat(device.get("certificates").get(0).get("serial").asText())
        .isEqualTo(credential.certificate().getSerialNumber().toString(16));
  }

  @Test
  void givesTheSameCertificateForTheSameRequest() throws Exception {
    byte[] request = CertificateRequest.create(CertificateRequest.newKeyPair(), "d-2");
    EstClient est = running.est(running.bootstrap("d-2").credential());
    List<X509Certificate> first = est.simpleEnroll(request);
    List<String> registry = running.registry();
    assertThat(est.simpleEnroll(request)).isEqualTo(first);
    assertThat(running.registry()).isEqualTo(registry);
  }

  @Test
  void givesOneCertificateToManyRequestsAtOnce() throws Exception {
    byte[] request = CertificateRequest.create(CertificateRequest.newKeyPair(), "d-3");
    Credential bootstrap = running.bootstrap("d-3").credential();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<List<X509Certificate>> once = () -> running.est(bootstrap).simpleEnroll(request);
      List<Future<List<X509Certificate>>> answers =
          threads.invokeAll(List.of(once, once, once, once, once, once, once, once));
      for (Future<List<X509Certificate>> answer : answers) {
        assertThat(answer.get()).isEqualTo(answers.get(0).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void renewsWithTheCurrentCertificateAndANewKey() throws Exception {
    Credential current = enroll("d-4");
    KeyPair keys = CertificateRequest.newKeyPair();
    byte[] request = CertificateRequest.renew(keys, current.certificate());
    List<X509Certificate> answer = running.est(current).simpleReenroll(request);
    Credential next = new Credential(keys.getPrivate(), answer);
    assertThat(next.identity()).isEqualTo(current.identity());
    assertThat(next.certificate()).isNotEqualTo(current.certificate());
    assertThat(running.est(current).simpleReenroll(request))
        .as("repeated, for the answer may have been lost")
        .isEqualTo(answer);
    // And the next one renews in turn.
    enroll("d-5");
    running
        .est(next)
        .simpleReenroll(
            CertificateRequest.renew(CertificateRequest.newKeyPair(), next.certificate()));
  }

  @Test
  void acceptsThePinnedCertificate() throws Exception {
    HeldCertificate bootstrap = running.bootstrap("d-pinned");
    String pin = Pem.fingerprint(bootstrap.certificate().getPublicKey().getEncoded());
    running.importManifest("sensors", "device,pin\nd-pinned,spki-sha256:" + pin + "\n");
    running
        .est(bootstrap.credential())
        .simpleEnroll(CertificateRequest.create(CertificateRequest.newKeyPair(), "d-pinned"));
  }

  @Test
  void enrolsAgainWhoLostItsKey() throws Exception {
    Credential first = enroll("d-6");
    Credential second = enroll("d-6");
    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    assertThat(second.identity()).isEqualTo(first.identity());
  }

  @Test
  void showsItsCaCertificatesToAnybody() throws Exception {
    List<X509Certificate> anchors = running.service().trustAnchors();
    for (String path : List.of("/.well-known/est/sensors/cacerts", "/.well-known/est/cacerts")) {
      RawHttps.Answer answer = RunningService.expect(200, running.device(null).get(path));
      assertThat(answer.header("Content-Type")).isEqualTo("application/pkcs7-mime");
      assertThat(answer.header("Content-Transfer-Encoding")).isEqualTo("base64");
      assertThat(answer.body().lines()).allMatch(line -> line.length() <= 76);
      List<X509Certificate> found = Pem.pkcs7(Base64.getMimeDecoder().decode(answer.bytes()));
      assertThat(found).containsAll(anchors).hasSizeGreaterThan(anchors.size());
    }
    Credential device = enroll("d-7");
    List<X509Certificate> cas = running.est(device).caCertificates();
    X509Certificate issuing = cas.stream()
        .filter(
            c -> c.getSubjectX500Principal().equals(device.certificate().getIssuerX500Principal()))
        .findFirst()
        .orElseThrow();
    device.certificate().verify(issuing.getPublicKey());
  }

  @Test
  void answersAsCertsOnlyInBase64Lines() throws Exception {
    byte[] request = CertificateRequest.create(CertificateRequest.newKeyPair(), "d-8");
    Credential bootstrap = running.bootstrap("d-8").credential();
    String base64 = Base64.getEncoder().encodeToString(request);
    String previous = null;
    // Whatever form it is sent in: RFC 8951, section 3.1.
    for (byte[] body : List.of(
        Base64.getMimeEncoder().encode(request),
        base64.getBytes(US_ASCII),
        Pem.encode("CERTIFICATE REQUEST", request).getBytes(US_ASCII),
        request)) {
      RawHttps.Answer answer = RunningService.expect(
          200,
          running
              .device(bootstrap)
              .post(
                  "/.well-known/est/sensors/simpleenroll",
                  "application/pkcs10",
                  body,
                  "Content-Transfer-Encoding: binary"));
      assertThat(answer.header("Content-Type"))
          .isEqualTo("application/pkcs7-mime; smime-type=certs-only");
      assertThat(answer.header("Content-Length")).isEqualTo("" + answer.bytes().length);
      assertThat(answer.body().lines()).allMatch(line -> line.length() <= 76);
      assertThat(previous == null || previous.equals(answer.body())).isTrue();
      previous = answer.body();
    }
  }

  @Test
  void renewsApplicationsAndBrokersAtThePathWithoutLabel() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    List<X509Certificate> chain = running
        .service()
        .certifyBroker("b-1", CertificateRequest.create(keys, "b-1"), List.of("localhost"));
    assertThat(chain).hasSize(2);
    Credential broker = new Credential(keys.getPrivate(), chain);
    assertThat(broker.identity()).isInstanceOf(Identity.Broker.class);
    EstClient est = new EstClient(
        URI.create(running.service().deviceUri() + "/.well-known/est"),
        broker.tlsContext(running.service().trustAnchors()));
    X509Certificate next = est.simpleReenroll(
            CertificateRequest.renew(CertificateRequest.newKeyPair(), broker.certificate()))
        .get(0);
    assertThat(Identity.of(next)).isEqualTo(broker.identity());
    byte[] again = CertificateRequest.renew(CertificateRequest.newKeyPair(), broker.certificate());
    assertThatThrownBy(() -> running.est(broker).simpleReenroll(again))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("403")
        .hasMessageContaining("without a label");
  }

  @Test
  void knowsTheClientByItsOwnKeyOnly() throws Exception {
    // A client may send any further certificates; only the first has its possession proven.
    HeldCertificate stranger = HeldCertificate.builder().commonName("d-1").build();
    Credential mixed = new Credential(
        stranger.keys().getPrivate(),
        List.of(stranger.certificate(), running.bootstrap("d-1").certificate()));
    byte[] request = CertificateRequest.create(CertificateRequest.newKeyPair(), "d-1");
    assertThatThrownBy(() -> running.est(mixed).simpleEnroll(request))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("403");
  }
}
