package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static io.mintmark.provisioning.TestInstallation.renewal;
import static io.mintmark.provisioning.TestInstallation.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewerTest {

  private static final DeviceId D1 = new DeviceId("d-1");

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate current;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1");
    current = installation.enroll("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private static PublicKey newKey() {
    return CertificateRequest.newKeyPair().getPublic();
  }

  private X509Certificate renew(FleetId label, X509Certificate shown, SigningRequest request)
      throws Refusal {
    return installation.get().renewer().renew(label, List.of(shown), request);
  }

  @Test
  void replacesACertificateAndLeavesTheOldOneGood() throws Exception {
    installation.clock.move(Duration.ofDays(5));
    X509Certificate next = installation.renew(current);

    assertThat(Identity.of(next)).isEqualTo(Identity.of(current));
    assertThat(next.getSubjectX500Principal()).isEqualTo(current.getSubjectX500Principal());
    assertThat(next.getNotAfter().toInstant())
        .isEqualTo(installation.clock.instant().plus(Duration.ofDays(7)));
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.ISSUED, CertificateState.ISSUED);
    assertThat(installation.audited()).endsWith("device.renewed d-1");
    assertThat(installation.get().feed().after(0).entries()).noneMatch(e -> e.denial() != null);
  }

  @Test
  void answersARepeatedRequestWithTheSameCertificate() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();

    assertThat(installation.renew(current, keys)).isEqualTo(installation.renew(current, keys));
    assertThat(installation.states("d-1")).hasSize(2);
  }

  @Test
  void neverTakesAwayTheCertificateADeviceRenewsWith() throws Exception {
    // The answers get lost; the device tries with a new key each time.
    for (int i = 0; i < 4; i++) {
      installation.renew(current);
    }

    assertThat(installation.states("d-1"))
        .containsExactly(
            CertificateState.ISSUED,
            CertificateState.SUPERSEDED,
            CertificateState.SUPERSEDED,
            CertificateState.SUPERSEDED,
            CertificateState.ISSUED);
    installation.renew(current);
  }

  @Test
  void keepsARenewingDeviceAtTwoCertificates() throws Exception {
    X509Certificate second = installation.renew(current);
    X509Certificate third = installation.renew(second);

    assertThat(installation.states("d-1"))
        .containsExactly(
            CertificateState.ISSUED, CertificateState.ISSUED, CertificateState.SUPERSEDED);
    assertRefused(FORBIDDEN, "is superseded", () -> installation.renew(current));
    installation.renew(third);
  }

  @Test
  void refusesTheCurrentKey() {
    assertRefused(
        INVALID,
        "repeats the current key",
        () -> renew(SENSORS, current, renewal(current, current.getPublicKey())));
  }

  @Test
  void refusesOtherNames() {
    SigningRequest good = renewal(current, newKey());
    SigningRequest otherSubject = new SigningRequest(
        good.publicKey(), new X500Principal("CN=d-2").getEncoded(), good.subjectAltName());
    SigningRequest noNames = new SigningRequest(good.publicKey(), good.subject(), null);

    assertRefused(
        INVALID, "subject is not that of the current", () -> renew(SENSORS, current, otherSubject));
    assertRefused(INVALID, "subjectAltName is not that of", () -> renew(SENSORS, current, noNames));
    assertRefused(
        INVALID,
        "subject is not that of the current",
        () -> renew(SENSORS, current, request(newKey())));
  }

  @Test
  void refusesAnotherLabel() throws Exception {
    FleetId pumps = new FleetId("pumps");
    installation.apply(TestInstallation.yaml(pumps, installation.factory));

    assertRefused(
        FORBIDDEN,
        "renews at the EST label 'sensors'",
        () -> renew(pumps, current, renewal(current, newKey())));
    assertRefused(
        FORBIDDEN,
        "renews at the EST label 'sensors'",
        () -> renew(null, current, renewal(current, newKey())));
  }

  @Test
  void refusesWhoShowsNoCertificate() {
    assertRefused(
        FORBIDDEN,
        "no client certificate was shown",
        () -> installation.get().renewer().renew(SENSORS, List.of(), renewal(current, newKey())));
  }

  @Test
  void refusesABootstrapCertificate() {
    X509Certificate bootstrap = installation.bootstrap("d-1").certificate();

    assertRefused(
        FORBIDDEN,
        "was not issued by a CA trusted here",
        () -> renew(SENSORS, bootstrap, renewal(current, newKey())));
  }

  @Test
  void refusesACertificateWithTheRightNamesOfAnotherCa() {
    HeldCertificate other = HeldCertificate.builder()
        .subject(X500Name.getInstance(current.getIssuerX500Principal().getEncoded()))
        .authority(0)
        .build();
    HeldCertificate forged = HeldCertificate.builder()
        .commonName("d-1")
        .uri("spiffe://example.org/fleet/sensors/device/d-1")
        .serial(current.getSerialNumber())
        .signedBy(other)
        .build();

    assertRefused(
        FORBIDDEN,
        "the operational certificate is not acceptable",
        () -> renew(SENSORS, forged.certificate(), renewal(current, newKey())));
  }

  @Test
  void refusesAnExpiredCertificate() {
    installation.clock.move(Duration.ofDays(7).plusSeconds(1));

    assertRefused(FORBIDDEN, "expired at", () -> installation.renew(current));
  }

  @Test
  void refusesARevokedDevice() throws Exception {
    installation.get().revoker().revoke(D1, "keyCompromise", OPERATOR);

    assertRefused(FORBIDDEN, "is revoked", () -> installation.renew(current));
  }

  @Test
  void refusesASuspendedDeviceUntilItIsReleased() throws Exception {
    installation.get().revoker().suspend(D1, OPERATOR);
    assertRefused(FORBIDDEN, "device 'd-1' is suspended", () -> installation.renew(current));

    installation.get().revoker().release(D1, OPERATOR);
    installation.renew(current);
  }

  @Test
  void refusesACertificateTheRegistryDoesNotKnow(@TempDir Path copy) throws Exception {
    // As after a restore of an old backup: same CA, fewer certificates.
    installation.close();
    for (String file : List.of("version", "passphrase", "trust.pem", "operator.token")) {
      Files.copy(folder.resolve(file), copy.resolve(file));
    }
    Files.createDirectory(copy.resolve("ca"));
    Files.copy(folder.resolve("ca/issuing.p12"), copy.resolve("ca/issuing.p12"));
    installation = new TestInstallation(copy);

    assertRefused(FORBIDDEN, "is not in the registry", () -> installation.renew(current));
  }

  @Test
  void renewsApplicationsAndBrokersWithoutALabel() throws Exception {
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    X509Certificate application =
        installation.get().applications().certify("billing", request(newKey()), OPERATOR);
    X509Certificate broker = installation
        .get()
        .brokers()
        .certify("b1", request(newKey()), List.of("localhost", "::1", "10.0.0.7"), OPERATOR);

    X509Certificate nextApplication = renew(null, application, renewal(application, newKey()));
    X509Certificate nextBroker = renew(null, broker, renewal(broker, newKey()));

    assertThat(Identity.of(nextApplication)).isEqualTo(Identity.of(application));
    assertThat(nextBroker.getExtensionValue("2.5.29.17"))
        .isEqualTo(broker.getExtensionValue("2.5.29.17"));
    assertThat(nextBroker.getExtendedKeyUsage()).isEqualTo(broker.getExtendedKeyUsage());
    assertThat(installation.audited()).endsWith("application.renewed billing", "broker.renewed b1");
    assertRefused(
        FORBIDDEN,
        "is of no fleet",
        () -> renew(SENSORS, application, renewal(application, newKey())));
  }
}
