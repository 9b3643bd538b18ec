package io.mintmark.provisioning;

import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.DeviceId;
import io.mintmark.provisioning.ca.CrlSigner;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlPublisherTest {

  private static final DeviceId D1 = new DeviceId("d-1");
  private static final DeviceId D2 = new DeviceId("d-2");

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Provisioning service() {
    return installation.get();
  }

  private Crl publish() {
    service().crls().publishDue();
    return latest();
  }

  private Crl latest() {
    return service().crls().find(service().authority().issuingKeyId()).orElseThrow();
  }

  private X509CRL parsed() throws Exception {
    return parse(latest().der());
  }

  private static X509CRL parse(byte[] der) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  private X509CRLEntry entry(X509Certificate certificate) throws Exception {
    return parsed().getRevokedCertificate(certificate.getSerialNumber());
  }

  private static byte[] extension(X509CRL crl, String id) {
    return ASN1OctetString.getInstance(crl.getExtensionValue(id)).getOctets();
  }

  @Test
  void isACrlOfRfc5280() throws Exception {
    installation.enroll("d-1");
    publish();

    X509CRL crl = parsed();
    X509Certificate issuer = service().authority().issuing();
    crl.verify(issuer.getPublicKey());
    assertThat(crl.getVersion()).isEqualTo(2);
    assertThat(crl.getIssuerX500Principal()).isEqualTo(issuer.getSubjectX500Principal());
    assertThat(crl.getRevokedCertificates()).isNull();
    Instant now = installation.clock.instant();
    assertThat(crl.getThisUpdate().toInstant())
        .isBeforeOrEqualTo(now)
        .isAfter(now.minus(Duration.ofMinutes(6)));
    assertThat(crl.getNextUpdate().toInstant()).isAfter(now.plus(Duration.ofHours(23)));
    assertThat(crl.getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder(
            Extension.cRLNumber.getId(), Extension.authorityKeyIdentifier.getId());
    assertThat(crl.getCriticalExtensionOIDs())
        .containsExactly(Extension.issuingDistributionPoint.getId());
    IssuingDistributionPoint scope = IssuingDistributionPoint.getInstance(
        extension(crl, Extension.issuingDistributionPoint.getId()));
    assertThat(scope.onlyContainsUserCerts()).isTrue();
    assertThat(scope.getDistributionPoint()).isNull();
    assertThat(AuthorityKeyIdentifier.getInstance(
                extension(crl, Extension.authorityKeyIdentifier.getId()))
            .getKeyIdentifierOctets())
        .isEqualTo(SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(
                    issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId()))
                .getOctets())
            .getKeyIdentifier());
  }

  @Test
  void saysWhenAndWhy() throws Exception {
    X509Certificate certificate = installation.enroll("d-1");
    X509Certificate other = installation.enroll("d-2");
    publish();
    installation.clock.move(Duration.ofHours(1));
    Instant revoked = installation.clock.instant().truncatedTo(ChronoUnit.SECONDS);
    service().revoker().revoke(D1, "keyCompromise", OPERATOR);
    service().revoker().revoke(D2, null, OPERATOR);
    installation.clock.move(Duration.ofSeconds(1));
    publish();

    assertThat(entry(certificate).getRevocationDate().toInstant()).isEqualTo(revoked);
    assertThat(entry(certificate).getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
    // RFC 5280, section 5.3.1: unspecified is not written.
    assertThat(entry(other).getRevocationReason()).isNull();
    assertThat(entry(other).hasExtensions()).isFalse();
  }

  @Test
  void listsTheSuspendedUntilTheyAreReleased() throws Exception {
    X509Certificate certificate = installation.enroll("d-1");
    service().revoker().suspend(D1, OPERATOR);
    publish();
    assertThat(entry(certificate).getRevocationReason()).isEqualTo(CRLReason.CERTIFICATE_HOLD);

    service().revoker().release(D1, OPERATOR);
    publish();
    assertThat(entry(certificate)).isNull();

    service().revoker().suspend(D1, OPERATOR);
    service().revoker().revoke(D1, "cessationOfOperation", OPERATOR);
    publish();
    assertThat(entry(certificate).getRevocationReason())
        .isEqualTo(CRLReason.CESSATION_OF_OPERATION);
  }

  @Test
  void isMadeAnewForRevocationsAndOnScheduleOnly() throws Exception {
    X509Certificate first = installation.enroll("d-1");
    installation.enroll("d-2");
    long number = publish().number();
    installation.clock.move(Duration.ofHours(1));
    assertThat(publish().number()).isEqualTo(number);

    // A fleet renews all day: what that supersedes waits for the next CRL.
    X509Certificate second = installation.renew(first);
    X509Certificate third = installation.renew(second);
    assertThat(publish().number()).isEqualTo(number);

    service().revoker().revoke(D2, null, OPERATOR);
    service().revoker().suspend(D1, OPERATOR);
    long afterRevocation = publish().number();
    assertThat(afterRevocation).isGreaterThan(number);
    assertThat(publish().number()).isEqualTo(afterRevocation);
    assertThat(entry(first).getRevocationReason()).isEqualTo(CRLReason.SUPERSEDED);
    assertThat(entry(third).getRevocationReason()).isEqualTo(CRLReason.CERTIFICATE_HOLD);

    installation.clock.move(Duration.ofHours(11));
    assertThat(publish().number()).isGreaterThan(afterRevocation);
  }

  @Test
  void goesOnAfterARestartWhereItWas() throws Exception {
    installation.enroll("d-1");
    Crl before = publish();
    service().revoker().revoke(D1, null, OPERATOR);
    installation.restart();
    assertThat(latest().number()).isEqualTo(before.number());
    long number = publish().number();
    assertThat(number).isGreaterThan(before.number());
    installation.restart();
    assertThat(publish().number()).isEqualTo(number);
  }

  /** What kill -9 leaves: the number was taken, the signature or its record is not there. */
  @Test
  void neverUsesANumberTwice() throws Exception {
    X509Certificate certificate = installation.enroll("d-1");
    long number = publish().number();
    installation.close();
    AtomicBoolean broken = new AtomicBoolean(true);
    installation.start(signer -> toBeSigned -> {
      if (broken.get()) {
        throw new GeneralSecurityException("no key");
      }
      return signer.sign(toBeSigned);
    });
    service().revoker().revoke(D1, null, OPERATOR);
    assertThat(publish().number()).isEqualTo(number);

    broken.set(false);
    // A key that failed is left alone for a moment.
    assertThat(publish().number()).isEqualTo(number);
    // The clock stands, so that only the number taken before tells one from the other.
    installation.restart();
    assertThat(publish().number()).isEqualTo(number + 2);
    assertThat(entry(certificate)).isNotNull();
  }

  @Test
  void countsOnWhenAnOlderRegistryWasPutBack() throws Exception {
    installation.enroll("d-1");
    publish();
    installation.close();
    Path copy = Files.copy(folder.resolve("registry.db"), folder.resolve("older.db"));
    installation.start();
    service().revoker().suspend(D1, OPERATOR);
    installation.clock.move(Duration.ofMinutes(1));
    long lost = publish().number();
    installation.close();
    Files.move(copy, folder.resolve("registry.db"), StandardCopyOption.REPLACE_EXISTING);
    installation.start();
    installation.clock.move(Duration.ofMinutes(1));
    service().revoker().suspend(D1, OPERATOR);
    assertThat(publish().number()).isGreaterThan(lost);
  }

  /** RFC 5280, section 3.3: not before it was on a scheduled CRL after its end. */
  @Test
  void forgetsTheExpiredAfterTelling() throws Exception {
    X509Certificate certificate = installation.enroll("d-1");
    service().revoker().revoke(D1, null, OPERATOR);
    publish();
    Instant end = certificate.getNotAfter().toInstant();
    installation.clock.move(
        Duration.between(installation.clock.instant(), end).minus(Duration.ofMinutes(1)));
    publish();
    assertThat(entry(certificate)).isNotNull();

    // After its end, but a CRL in between, for a revocation.
    installation.clock.move(Duration.ofHours(1));
    X509Certificate other = installation.enroll("d-2");
    service().revoker().revoke(D2, null, OPERATOR);
    publish();
    assertThat(entry(certificate)).isNotNull();

    installation.clock.move(Duration.ofHours(12));
    publish();
    assertThat(entry(certificate)).isNotNull();

    installation.clock.move(Duration.ofHours(12));
    publish();
    assertThat(entry(certificate)).isNull();
    assertThat(entry(other)).isNotNull();
  }

  @Test
  void thereIsOneOfTheRootTooAndItOutlivesItsKey() throws Exception {
    String root = service().authority().hierarchy().issuers().stream()
        .filter(i -> i.role() == Issuer.Role.ROOT)
        .findFirst()
        .orElseThrow()
        .id();
    publish();
    Crl crl = service().crls().find(root).orElseThrow();
    parse(crl.der()).verify(service().authority().trustAnchors().get(0).getPublicKey());
    assertThat(IssuingDistributionPoint.getInstance(
                extension(parse(crl.der()), Extension.issuingDistributionPoint.getId()))
            .onlyContainsCACerts())
        .isTrue();
    Files.delete(folder.resolve("ca/root.p12"));
    installation.restart();
    installation.clock.move(Duration.ofDays(200));
    publish();
    assertThat(service().crls().find(root).orElseThrow().number()).isEqualTo(crl.number());
    assertThat(crl.nextUpdate()).isAfter(installation.clock.instant());
  }

  @Test
  void tellsOfARevokedCaByItsRootAndByItself() throws Exception {
    X509Certificate device = installation.enroll("d-1");
    X509Certificate old = service().authority().issuing();
    String oldId = service().authority().issuingKeyId();
    String root = service().authority().hierarchy().issuers().get(0).id();
    service().crls().publishDue();
    service()
        .caActivator()
        .activate(service().caPreparer().issuing(TestInstallation.OPERATOR), true, "operator");
    service().caRetirer().revoke(oldId, "cACompromise", false, TestInstallation.OPERATOR);
    assertThat(service().authority().signer(oldId)).isEmpty();

    service().crls().publishDue();

    X509CRL ofRoot = parse(service().crls().find(root).orElseThrow().der());
    assertThat(ofRoot.getRevokedCertificate(old.getSerialNumber()).getRevocationReason())
        .isEqualTo(CRLReason.CA_COMPROMISE);
    X509CRL own = parse(service().crls().find(oldId).orElseThrow().der());
    own.verify(old.getPublicKey());
    assertThat(own.getRevokedCertificate(device.getSerialNumber()).getRevocationReason())
        .isEqualTo(CRLReason.CA_COMPROMISE);
    assertThat(latest()).as("that of the new one").isNotNull();

    long number = service().crls().find(oldId).orElseThrow().number();
    installation.restart();
    installation.clock.move(Duration.ofHours(13));
    service().crls().publishDue();
    assertThat(service().crls().find(oldId).orElseThrow().number()).isGreaterThan(number);
  }

  @Test
  void thereIsOneOfEachCaThatIsNotGone() throws Exception {
    String retired = service().authority().issuingKeyId();
    service()
        .caActivator()
        .activate(service().caPreparer().issuing(TestInstallation.OPERATOR), true, "operator");
    String prepared = service().caPreparer().issuing(TestInstallation.OPERATOR);
    service().crls().publishDue();
    assertThat(service().crls().find(retired)).isPresent();
    assertThat(service().crls().find(prepared)).isPresent();
    latest();
  }

  @Test
  void aKeyThatIsPutBackForAMinuteIsFound() throws Exception {
    String root = service().authority().hierarchy().issuers().get(0).id();
    Path key = folder.resolve("ca/root.p12");
    Files.move(key, folder.resolve("away"));
    publish();
    assertThat(service().crls().find(root)).isEmpty();
    Files.move(folder.resolve("away"), key);
    installation.clock.move(Duration.ofMinutes(1));
    publish();
    assertThat(service().crls().find(root)).isPresent();
  }

  @Test
  void listsEntriesOnBothSidesOf2050() throws Exception {
    Instant at = Instant.parse("2049-12-31T23:59:58Z");
    List<RevokedSerial> entries = java.util.stream.LongStream.range(1, 101)
        .mapToObj(i -> new RevokedSerial(
            BigInteger.valueOf(i), at.plusSeconds(i), RevocationReason.KEY_COMPROMISE))
        .toList();
    X509Certificate issuer = service().authority().issuing();
    byte[] der = new CrlSigner(
            issuer,
            CrlSigner.Scope.END_ENTITIES,
            service().authority().signer(service().authority().issuingKeyId()).orElseThrow())
        .sign(7, at, at.plusSeconds(1), entries);
    X509CRL crl = parse(der);
    crl.verify(issuer.getPublicKey());
    assertThat(
            ASN1Integer.getInstance(extension(crl, Extension.cRLNumber.getId())).intValueExact())
        .isEqualTo(7);
    assertThat(crl.getRevokedCertificates()).hasSize(100);
    assertThat(crl.getRevokedCertificate(BigInteger.valueOf(100))
            .getRevocationDate()
            .toInstant())
        .isEqualTo(at.plusSeconds(100));
  }
}
