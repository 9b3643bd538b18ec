package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.LATER;
import static io.mintmark.provisioning.Refusal.Kind.PENDING;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of keys, names and factory CRLs holds however devices enrol. */
class ProfileInEveryModeTest {

  private static final FleetId GATE = new FleetId("gate");

  @TempDir
  Path folder;

  private TestInstallation installation;
  private final KeyPair keys = CertificateRequest.newKeyPair();

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private String factory() {
    return "factory-cas:\n  - |\n" + installation.factory.certificatePem().indent(4);
  }

  private void gate(String enrolment, String profile) throws Refusal {
    installation.apply("fleet: gate\n" + factory() + "enrolment: " + enrolment + "\ncertificate: "
        + profile + "\n");
  }

  private void gateWithCrl(String enrolment, X509CRL crl) throws Exception {
    installation.apply("fleet: gate\n" + factory() + "enrolment: " + enrolment
        + "\nfactory-crl: |\n" + Pem.encode("X509 CRL", crl.getEncoded()).indent(2));
  }

  private X509CRL crl(BigInteger... revoked) {
    return installation.factory.crl(
        installation.clock.instant().minusSeconds(60),
        installation.clock.instant().plusSeconds(600),
        revoked);
  }

  private X509Certificate enroll(HeldCertificate shown, String device, KeyPair with)
      throws Refusal {
    byte[] subject = new X500Principal("CN=" + device).getEncoded();
    return installation
        .get()
        .enroller()
        .enroll(GATE, shown.chain(), new SigningRequest(with.getPublic(), subject, null));
  }

  private X509Certificate enroll(String device) throws Refusal {
    return enroll(installation.bootstrap(device), device, keys);
  }

  private HeldCertificate claim() throws Refusal {
    HeldCertificate shared = HeldCertificate.builder().commonName("shared").build();
    createClaim(shared);
    return shared;
  }

  private void createClaim(HeldCertificate shared) throws Refusal {
    installation
        .get()
        .claims()
        .create(
            GATE,
            shared.certificatePem(),
            5,
            installation.clock.instant().plus(Duration.ofHours(1)),
            true,
            OPERATOR);
  }

  private long used() throws Refusal {
    return installation.get().claims().list(GATE).get(0).used();
  }

  private void approve() throws Refusal {
    installation
        .get()
        .approvals()
        .approve(
            installation
                .get()
                .approvals()
                .list(GATE, Approval.State.PENDING, 0, 10)
                .get(0)
                .id(),
            null,
            OPERATOR);
  }

  private static List<Object> dnsNames(X509Certificate certificate) throws Exception {
    return certificate.getSubjectAlternativeNames().stream()
        .filter(name -> name.get(0).equals(2))
        .<Object>map(name -> name.get(1))
        .toList();
  }

  @Test
  void aClaimGivesCertificatesOfTheProfile() throws Exception {
    gate("{mode: claim}", "{lifetime: 2h, dns-names: [\"${device}.example.org\"]}");

    X509Certificate issued = enroll(claim(), "d-1", keys);

    assertThat(dnsNames(issued)).containsExactly("d-1.example.org");
    assertThat(issued.getNotAfter().toInstant())
        .isEqualTo(installation.clock.instant().plus(Duration.ofHours(2)));
  }

  @Test
  void whatTheProfileRefusesSpendsNoClaim() throws Exception {
    gate("{mode: claim}", "{key-types: [ed25519], dns-names: [\"${device}.example.org\"]}");
    HeldCertificate shared = claim();

    assertRefused(INVALID, "use one of [ed25519]", () -> enroll(shared, "d-1", keys));
    assertRefused(FORBIDDEN, "D_1", () -> enroll(shared, "D_1", TestKeys.of("ed25519")));

    assertThat(used()).isZero();
    assertThat(installation
            .get()
            .devices()
            .list(new DeviceFilter(GATE, null), null, 10)
            .devices())
        .isEmpty();
  }

  @Test
  void nobodyIsAskedAboutARequestTheProfileRefuses() throws Exception {
    gate("{mode: approval}", "{key-types: [ed25519], dns-names: [\"${device}.example.org\"]}");

    assertRefused(INVALID, "use one of [ed25519]", () -> enroll("d-1"));
    assertRefused(FORBIDDEN, "D_1", () -> enroll("D_1"));

    assertThat(installation.get().approvals().list(GATE, null, 0, 10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "approval"})
  void theFactorysCrlIsLookedIntoFirst(String mode) throws Exception {
    gateWithCrl("{mode: " + mode + "}", crl(BigInteger.TEN));
    HeldCertificate revoked = HeldCertificate.builder()
        .commonName("d-1")
        .serial(BigInteger.TEN)
        .validity(
            installation.clock.instant().minusSeconds(60),
            installation.clock.instant().plus(Duration.ofDays(1)))
        .signedBy(installation.factory)
        .build();

    assertRefused(FORBIDDEN, "was revoked by its issuer", () -> enroll(revoked, "d-1", keys));
    installation.clock.move(Duration.ofMinutes(11));
    assertRefused(LATER, "the factory CRL of fleet 'gate' expired", () -> enroll("d-2"));

    assertThat(installation.get().approvals().list(GATE, null, 0, 10)).isEmpty();
    assertThat(installation
            .get()
            .devices()
            .list(new DeviceFilter(GATE, null), null, 10)
            .devices())
        .isEmpty();
  }

  @Test
  void aFactorysCrlSaysNothingOfClaimCertificates() {
    assertRefused(
        INVALID,
        "'factory-crl' does not go with mode claim",
        () -> gateWithCrl("{mode: claim}", crl()));
  }

  @Test
  void aClaimCertificateHasAStrongKey() throws Exception {
    gate("{mode: claim}", "{lifetime: 1d}");
    HeldCertificate weak = HeldCertificate.builder()
        .commonName("weak")
        .keys(TestKeys.of("rsa-1024"))
        .build();

    assertRefused(INVALID, "an RSA key of 1024 bits is too weak", () -> createClaim(weak));
  }

  @Test
  void theSameKeyForAChangedProfileIsEnrollingAgain() throws Exception {
    String before = "{dns-names: [\"${device}.example.org\"]}";
    String after = "{dns-names: [\"${device}.example.net\"]}";
    gate("{mode: open, again: approve}", before);
    X509Certificate first = enroll("d-1");
    gate("{mode: open, again: deny}", before);
    assertThat(enroll("d-1")).isEqualTo(first);

    gate("{mode: open, again: deny}", after);
    assertRefused(FORBIDDEN, "is enrolled already", () -> enroll("d-1"));
    assertThat(installation.states("d-1")).containsExactly(CertificateState.ISSUED);

    gate("{mode: open, again: approve}", after);
    assertRefused(PENDING, "is pending", () -> enroll("d-1"));
    approve();
    assertThat(dnsNames(enroll("d-1"))).containsExactly("d-1.example.net");
  }
}
