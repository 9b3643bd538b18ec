package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static io.mintmark.provisioning.TestInstallation.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ca.Chains;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollerTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private final KeyPair keys = CertificateRequest.newKeyPair();

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private X509Certificate enroll(HeldCertificate bootstrap) throws Refusal {
    return enroll(bootstrap, request(keys.getPublic()));
  }

  private X509Certificate enroll(HeldCertificate bootstrap, SigningRequest request) throws Refusal {
    return installation.get().enroller().enroll(SENSORS, bootstrap.chain(), request);
  }

  @Test
  void givesADeviceTheCertificateOfItsIdentity() throws Exception {
    X509Certificate certificate = enroll(installation.bootstrap("d-1"));

    assertThat(Identity.of(certificate).spiffeId())
        .isEqualTo("spiffe://example.org/fleet/sensors/device/d-1");
    assertThat(certificate.getSubjectX500Principal()).isEqualTo(new X500Principal("CN=d-1"));
    assertThat(certificate.getPublicKey().getEncoded())
        .isEqualTo(keys.getPublic().getEncoded());
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getBasicConstraints()).isNegative();
    Instant now = installation.clock.instant();
    assertThat(Validity.of(certificate))
        .isEqualTo(new Validity(now.minus(Duration.ofMinutes(5)), now.plus(Duration.ofDays(7))));
    assertThat(Chains.fault(
            installation.get().authority().chain(certificate),
            installation.get().authority().trustAnchors(),
            now))
        .isNull();

    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(installation.states("d-1")).containsExactly(CertificateState.ISSUED);
    assertThat(installation.audited()).endsWith("device.enrolled d-1");
    assertThat(installation.get().audit().after(0, 100))
        .last()
        .satisfies(row -> assertThat(row.actor()).matches("bootstrap:[0-9a-f]{64}"));
  }

  @Test
  void answersARepeatedRequestWithTheSameCertificate() throws Exception {
    X509Certificate first = enroll(installation.bootstrap("d-1"));
    installation.restart();
    installation.clock.move(Duration.ofDays(1));

    assertThat(enroll(installation.bootstrap("d-1"))).isEqualTo(first);
    assertThat(installation.states("d-1")).hasSize(1);
    assertThat(installation.audited())
        .filteredOn(a -> a.startsWith("device.enrolled"))
        .hasSize(1);
  }

  @Test
  void issuesAgainForTheSameKeyOnceTheCertificateHasExpired() throws Exception {
    X509Certificate first = enroll(installation.bootstrap("d-1"));
    installation.clock.move(Duration.ofDays(8));

    assertThat(enroll(installation.bootstrap("d-1"))).isNotEqualTo(first);
  }

  @Test
  void keepsTwoLiveCertificatesAndDeniesTheRest() throws Exception {
    X509Certificate first = installation.enroll("d-1");
    installation.enroll("d-1");
    installation.enroll("d-1");

    assertThat(installation.states("d-1"))
        .containsExactly(
            CertificateState.ISSUED, CertificateState.ISSUED, CertificateState.SUPERSEDED);
    assertThat(installation.get().feed().after(0).entries()).last().satisfies(entry -> {
      assertThat(entry.denial().subject()).isEqualTo(first.getSerialNumber().toString(16));
      assertThat(entry.denial().until()).isEqualTo(first.getNotAfter().toInstant());
    });
    assertThat(installation.audited())
        .endsWith("device.enrolled-again d-1", "certificate.superseded d-1");
  }

  @Test
  void takesTheSerialNumberAttributeBeforeTheCommonName() throws Exception {
    HeldCertificate bootstrap = HeldCertificate.builder()
        .commonName("Thermometer 3000")
        .serialNumberAttribute("d-2")
        .signedBy(installation.factory)
        .build();

    assertThat(Identity.of(enroll(bootstrap)).name()).isEqualTo("d-2");
  }

  @Test
  void acceptsAChainThroughAnIntermediateWithAndWithoutTheRoot() throws Exception {
    HeldCertificate line = HeldCertificate.builder()
        .commonName("Line 3")
        .authority(0)
        .signedBy(installation.factory)
        .build();
    HeldCertificate bootstrap =
        HeldCertificate.builder().commonName("d-1").signedBy(line).build();
    List<X509Certificate> withRoot =
        List.of(bootstrap.certificate(), line.certificate(), installation.factory.certificate());

    X509Certificate issued = enroll(bootstrap);
    assertThat(installation.get().enroller().enroll(SENSORS, withRoot, request(keys.getPublic())))
        .isEqualTo(issued);
  }

  @Test
  void refusesAnUnknownFleet() {
    assertRefused(
        NOT_FOUND,
        "fleet 'pumps' is not known",
        () -> installation
            .get()
            .enroller()
            .enroll(
                new FleetId("pumps"),
                installation.bootstrap("d-1").chain(),
                request(keys.getPublic())));
  }

  @Test
  void refusesWhoShowsNoCertificate() {
    assertRefused(
        FORBIDDEN,
        "no client certificate was shown",
        () -> installation.get().enroller().enroll(SENSORS, List.of(), request(keys.getPublic())));
  }

  @Test
  void refusesACertificateOfAnotherFactoryWithTheRightNames() {
    HeldCertificate other =
        HeldCertificate.builder().commonName("Factory CA").authority(1).build();
    HeldCertificate forged =
        HeldCertificate.builder().commonName("d-1").signedBy(other).build();

    assertRefused(FORBIDDEN, "bootstrap certificate 'CN=d-1'", () -> enroll(forged));
  }

  @Test
  void refusesASelfSignedCertificate() {
    HeldCertificate selfSigned = HeldCertificate.builder().commonName("d-1").build();

    assertRefused(FORBIDDEN, "was not issued by a CA trusted here", () -> enroll(selfSigned));
  }

  @Test
  void refusesACertificateOfTheFactoryOfAnotherFleet() throws Exception {
    HeldCertificate other =
        HeldCertificate.builder().commonName("Pump factory").authority(1).build();
    installation.apply(TestInstallation.yaml(new FleetId("pumps"), other));
    HeldCertificate pump =
        HeldCertificate.builder().commonName("d-1").signedBy(other).build();

    assertRefused(FORBIDDEN, "(fleet 'sensors')", () -> enroll(pump));
    assertRefused(
        FORBIDDEN,
        "device 'd-1' is not in the manifest of fleet 'pumps'",
        () -> installation
            .get()
            .enroller()
            .enroll(new FleetId("pumps"), pump.chain(), request(keys.getPublic())));
  }

  @Test
  void refusesACertificateIssuedByADevice() {
    HeldCertificate device = installation.bootstrap("d-2");
    HeldCertificate forged =
        HeldCertificate.builder().commonName("d-1").signedBy(device).build();

    assertRefused(FORBIDDEN, "is not acceptable", () -> enroll(forged));
  }

  @Test
  void refusesTheFactoryCaItself() {
    assertRefused(FORBIDDEN, "is a CA's", () -> enroll(installation.factory));
  }

  @Test
  void refusesAnExpiredBootstrapCertificate() {
    Instant now = installation.clock.instant();
    HeldCertificate expired = HeldCertificate.builder()
        .commonName("d-1")
        .validity(now.minus(Duration.ofDays(2)), now.minus(Duration.ofSeconds(1)))
        .signedBy(installation.factory)
        .build();

    assertRefused(FORBIDDEN, "expired at", () -> enroll(expired));
  }

  @Test
  void refusesABootstrapCertificateFromTheFuture() {
    Instant now = installation.clock.instant();
    HeldCertificate early = HeldCertificate.builder()
        .commonName("d-1")
        .validity(now.plus(Duration.ofHours(1)), now.plus(Duration.ofDays(2)))
        .signedBy(installation.factory)
        .build();

    assertRefused(FORBIDDEN, "is not valid before", () -> enroll(early));
  }

  @Test
  void refusesABootstrapCertificateForServersOnly() {
    HeldCertificate server = HeldCertificate.builder()
        .commonName("d-1")
        .purposes(KeyPurposeId.id_kp_serverAuth)
        .signedBy(installation.factory)
        .build();

    assertRefused(FORBIDDEN, "without clientAuth", () -> enroll(server));
  }

  @Test
  void refusesAnOperationalCertificateAtEnrolment() throws Exception {
    X509Certificate operational = enroll(installation.bootstrap("d-1"));

    assertRefused(
        FORBIDDEN,
        "was not issued by a CA trusted here",
        () -> installation
            .get()
            .enroller()
            .enroll(
                SENSORS,
                List.of(operational),
                request(CertificateRequest.newKeyPair().getPublic())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a device", "..", "d/1", "d+1", "d#1", "gerät"})
  void refusesABootstrapCertificateThatNamesNoDevice(String name) {
    assertRefused(FORBIDDEN, "which is no device id", () -> enroll(installation.bootstrap(name)));
  }

  @Test
  void refusesABootstrapCertificateThatNamesTwoDevices() {
    HeldCertificate two = HeldCertificate.builder()
        .commonName("d-1")
        .commonName("d-2")
        .signedBy(installation.factory)
        .build();

    assertRefused(FORBIDDEN, "does not name one device", () -> enroll(two));
  }

  @Test
  void refusesADeviceThatIsNotInTheManifest() {
    assertRefused(
        FORBIDDEN,
        "device 'd-3' is not in the manifest of fleet 'sensors'",
        () -> enroll(installation.bootstrap("d-3")));
    assertThat(installation.audited()).noneMatch(a -> a.endsWith("d-3"));
  }

  @Test
  void holdsADeviceToThePinOfItsKey() throws Exception {
    HeldCertificate pinned = installation.bootstrap("d-9");
    pin("d-9", "spki-sha256:" + Pem.fingerprint(pinned.keys().getPublic().getEncoded()));

    assertRefused(
        FORBIDDEN,
        "does not match the pin in its manifest",
        () -> enroll(installation.bootstrap("d-9")));
    enroll(pinned);
  }

  @Test
  void holdsADeviceToThePinOfItsCertificate() throws Exception {
    HeldCertificate pinned = installation.bootstrap("d-9");
    HeldCertificate sameKey = HeldCertificate.builder()
        .commonName("d-9")
        .keys(pinned.keys())
        .signedBy(installation.factory)
        .build();
    pin("d-9", "cert-sha256:" + Pem.fingerprint(pinned.certificate().getEncoded()));

    assertRefused(FORBIDDEN, "does not match the pin in its manifest", () -> enroll(sameKey));
    enroll(pinned);
  }

  private void pin(String device, String pin) throws Refusal {
    installation
        .get()
        .manifests()
        .load(SENSORS, "pin,device\n" + pin + "," + device + "\n", OPERATOR);
  }

  @Test
  void refusesARevokedDevice() throws Exception {
    enroll(installation.bootstrap("d-1"));
    installation.get().revoker().revoke(new DeviceId("d-1"), "keyCompromise", OPERATOR);

    assertRefused(
        FORBIDDEN, "device 'd-1' is revoked", () -> enroll(installation.bootstrap("d-1")));
  }

  @Test
  void refusesASuspendedDeviceUntilItIsReleased() throws Exception {
    installation.get().revoker().suspend(new DeviceId("d-1"), OPERATOR);
    assertRefused(
        FORBIDDEN, "device 'd-1' is suspended", () -> enroll(installation.bootstrap("d-1")));

    installation.get().revoker().release(new DeviceId("d-1"), OPERATOR);
    enroll(installation.bootstrap("d-1"));
  }

  @Test
  void acceptsARequestThatNamesTheDeviceAsItIs() throws Exception {
    SigningRequest request = new SigningRequest(
        keys.getPublic(),
        new X500Principal("CN=d-1").getEncoded(),
        uri("spiffe://example.org/fleet/sensors/device/d-1"));

    enroll(installation.bootstrap("d-1"), request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CN=d-2", "CN=D-1", "CN=d-1,O=Acme", "O=d-1", "CN=d-1+OU=x"})
  void refusesASubjectThatContradictsTheIdentity(String subject) {
    SigningRequest request =
        new SigningRequest(keys.getPublic(), new X500Principal(subject).getEncoded(), null);

    assertRefused(
        INVALID,
        "contradicts the identity: leave it empty or use CN=d-1 alone",
        () -> enroll(installation.bootstrap("d-1"), request));
  }

  @Test
  void refusesNamesThatContradictTheIdentity() throws Exception {
    for (byte[] names : List.of(
        uri("spiffe://example.org/fleet/sensors/device/d-2"),
        uri("spiffe://example.org/broker/d-1"),
        new GeneralNames(new GeneralName(GeneralName.dNSName, "broker.example.org")).getEncoded(),
        new GeneralNames(new GeneralName[] {
              new GeneralName(
                  GeneralName.uniformResourceIdentifier,
                  "spiffe://example.org/fleet/sensors/device/d-1"),
              new GeneralName(GeneralName.uniformResourceIdentifier, "https://example.org")
            })
            .getEncoded())) {
      SigningRequest request = new SigningRequest(keys.getPublic(), new byte[] {0x30, 0x00}, names);
      assertRefused(
          INVALID,
          "contradicts the identity",
          () -> enroll(installation.bootstrap("d-1"), request));
    }
  }

  @Test
  void refusesNamesThatCannotBeRead() {
    byte[] junk = {0x04, 0x01, 0x00};

    assertRefused(
        INVALID,
        "cannot be read",
        () -> enroll(
            installation.bootstrap("d-1"), new SigningRequest(keys.getPublic(), junk, null)));
    assertRefused(
        INVALID,
        "cannot be read",
        () -> enroll(
            installation.bootstrap("d-1"),
            new SigningRequest(keys.getPublic(), new byte[] {0x30, 0x00}, junk)));
  }

  @Test
  void refusesTheBootstrapKeyAsOperationalKey() {
    HeldCertificate bootstrap = installation.bootstrap("d-1");

    assertRefused(
        INVALID,
        "repeats the key of the bootstrap certificate",
        () -> enroll(bootstrap, request(bootstrap.keys().getPublic())));
  }

  private static byte[] uri(String uri) throws Exception {
    return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri))
        .getEncoded();
  }
}
