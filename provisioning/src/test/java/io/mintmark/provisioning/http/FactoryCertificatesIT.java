package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.TestKeys;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Factory certificates as they really are, over real TLS. */
class FactoryCertificatesIT {

  private static final Instant FOR_EVER = Instant.parse("9999-12-31T23:59:59Z");

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "d-1");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static HeldCertificate.Builder lasting() {
    return HeldCertificate.builder().validity(Instant.now().minus(Duration.ofDays(900)), FOR_EVER);
  }

  private static void trust(HeldCertificate... cas) throws Exception {
    trust(List.of(cas), "");
  }

  private static void trust(List<HeldCertificate> cas, String more) throws Exception {
    StringBuilder yaml = new StringBuilder("fleet: sensors\nfactory-cas:\n");
    for (HeldCertificate ca : cas) {
      yaml.append("  - |\n").append(ca.certificatePem().indent(6));
    }
    RunningService.expect(
        200, running.operate("PUT", "/api/v1/fleets", "application/yaml", yaml + more));
  }

  private static X509Certificate enroll(Credential bootstrap, KeyPair keys) throws Exception {
    return running
        .est(bootstrap)
        .simpleEnroll(CertificateRequest.create(keys, "d-1"))
        .get(0);
  }

  /** As devices that were made years ago speak; the rest of these tests is TLS 1.3. */
  private static RawHttps.Answer overTls12(Credential bootstrap, byte[] request) throws Exception {
    try (SSLSocket socket = running.device(bootstrap).connect()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      String head = "POST /.well-known/est/sensors/simpleenroll HTTP/1.1\r\nHost: localhost\r\n"
          + "Connection: close\r\nContent-Type: application/pkcs10\r\nContent-Length: "
          + request.length
          + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(request);
      return RawHttps.parse(RawHttps.readAll(socket.getInputStream()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ec-p256", "ec-p384", "ec-p521", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519"})
  void acceptsKeysOfEveryKindInFactoriesBootstrapCertificatesAndRequests(String type)
      throws Exception {
    KeyPair factoryKeys = TestKeys.of(type);
    KeyPair keys = TestKeys.of(type);
    HeldCertificate root =
        lasting().commonName("factory").keys(factoryKeys).authority(1).build();
    HeldCertificate line = lasting()
        .commonName("line 7")
        .keys(factoryKeys)
        .authority(0)
        .signedBy(root)
        .build();
    HeldCertificate device =
        lasting().commonName("d-1").keys(factoryKeys).signedBy(line).build();
    assertThat(device.certificate().getExtendedKeyUsage()).isNull();
    trust(root);

    X509Certificate enrolled = enroll(device.credential(), keys);

    assertThat(enrolled.getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(overTls12(device.credential(), CertificateRequest.create(keys, "d-1"))
            .status())
        .isEqualTo(200);
    // And as an operational key it opens renewal.
    Credential operational = new Credential(keys.getPrivate(), List.of(enrolled));
    X509Certificate next = running
        .est(operational)
        .simpleReenroll(CertificateRequest.renew(CertificateRequest.newKeyPair(), enrolled))
        .get(0);
    assertThat(next.getSubjectX500Principal()).isEqualTo(enrolled.getSubjectX500Principal());
  }

  @Test
  void acceptsAnIntermediateThatOnlyTheFleetHolds() throws Exception {
    HeldCertificate root = lasting().commonName("factory").authority(1).build();
    HeldCertificate line =
        lasting().commonName("line").authority(0).signedBy(root).build();
    HeldCertificate device = lasting().commonName("d-1").signedBy(line).build();
    Credential leafAlone =
        new Credential(device.keys().getPrivate(), List.of(device.certificate()));

    trust(root);
    assertThatThrownBy(() -> enroll(leafAlone, CertificateRequest.newKeyPair()))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("was not issued by a CA trusted here");
    trust(root, line);
    enroll(leafAlone, CertificateRequest.newKeyPair());
    trust(line);
    enroll(device.credential(), CertificateRequest.newKeyPair());
  }

  @Test
  void refusesABootstrapKeyThatIsTooWeak() throws Exception {
    HeldCertificate root = lasting().commonName("factory").authority(0).build();
    HeldCertificate weak =
        lasting().commonName("d-1").keys(TestKeys.of("rsa-1024")).signedBy(root).build();
    trust(root);

    assertThatThrownBy(() -> enroll(weak.credential(), CertificateRequest.newKeyPair()))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("403")
        .hasMessageContaining("an RSA key of 1024 bits is too weak");
  }

  @Test
  void asksTheFactorysCrl() throws Exception {
    HeldCertificate withCrl = lasting().commonName("with").authority(0).build();
    HeldCertificate without = lasting().commonName("without").authority(0).build();
    HeldCertificate good = lasting().commonName("d-1").signedBy(withCrl).build();
    HeldCertificate revoked =
        lasting().commonName("d-1").serial(BigInteger.TEN).signedBy(withCrl).build();
    HeldCertificate other = lasting().commonName("d-1").signedBy(without).build();
    Instant now = Instant.now();
    String crl = Pem.encode(
        "X509 CRL",
        withCrl.crl(now.minusSeconds(60), now.plusSeconds(600), BigInteger.TEN).getEncoded());
    trust(List.of(withCrl, without), "factory-crl: |\n" + crl.indent(4));

    enroll(good.credential(), CertificateRequest.newKeyPair());
    enroll(other.credential(), CertificateRequest.newKeyPair());
    assertThatThrownBy(() -> enroll(revoked.credential(), CertificateRequest.newKeyPair()))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("403")
        .hasMessageContaining("was revoked by its issuer");
    assertThat(running.read("/api/v1/fleets/sensors").get("factoryCrls").toString())
        .contains("CN=with", "\"revoked\":1");
  }
}
