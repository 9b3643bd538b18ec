package io.mintmark.provisioning.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.HeldIssuers;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.CertificateProfile.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private static final CertificateProfile WEEK =
      new CertificateProfile(Kind.DEVICE, Duration.ofDays(7), Duration.ofMinutes(5));
  private static final Identity DEVICE = new Identity.Device(
      new TrustDomain("example.org"), new FleetId("sensors"), new DeviceId("d-1"));
  private static final CertifiedNames NAMES = CertifiedNames.of(DEVICE);

  private final HeldCertificate root = HeldCertificate.builder()
      .commonName("root")
      .authority(1)
      .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(100)))
      .build();
  private final HeldCertificate issuing = HeldCertificate.builder()
      .commonName("issuing")
      .authority(0)
      .validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(30)))
      .signedBy(root)
      .build();
  private final CertificateAuthority authority = HeldIssuers.authority(root, issuing);
  private final Lint lint = new Lint(authority.hierarchy().active(), null);
  private final PublicKey key = CertificateRequest.newKeyPair().getPublic();

  @Test
  void signsWhatItDrafted() throws Exception {
    Permit permit = authority.draft(WEEK, NAMES, key, now);
    byte[] stored = permit.toBeSigned();
    X509Certificate certificate = authority.sign(permit);

    assertThat(certificate.getTBSCertificate()).isEqualTo(stored);
    assertThat(certificate.getSerialNumber()).isEqualTo(permit.serial());
    certificate.verify(issuing.certificate().getPublicKey());
    assertThat(certificate.getCriticalExtensionOIDs()).containsExactly("2.5.29.15");
    assertThat(certificate.getKeyUsage())
        .containsExactly(true, false, false, false, false, false, false, false, false);
    assertThat(authority.chain(certificate)).containsExactly(certificate, issuing.certificate());
    assertThat(authority.caCertificates())
        .containsExactly(root.certificate(), issuing.certificate());
  }

  @Test
  void saysWhereItsStatusIsToldExactly() throws Exception {
    StatusAddresses here = StatusAddresses.parse("http://pki.example.org:8480");
    StatusAddresses elsewhere = StatusAddresses.parse("http://pki.example.com:8480");
    Issuer active = authority.hierarchy().active();
    CertificateAuthority telling = new CertificateAuthority(
        authority.hierarchy(),
        Map.of(active.id(), Signer.of(issuing.keys().getPrivate())),
        Optional.of(here));
    byte[] draft = telling.draft(WEEK, NAMES, key, now).toBeSigned();

    new Lint(active, here).check(draft, WEEK, NAMES);
    assertThatThrownBy(() -> new Lint(active, elsewhere).check(draft, WEEK, NAMES))
        .hasMessageContaining("cRLDistributionPoints");
    assertThatThrownBy(() -> lint.check(draft, WEEK, NAMES))
        .hasMessageContaining("extensions are not exactly the profile's");
    byte[] silent = authority.draft(WEEK, NAMES, key, now).toBeSigned();
    assertThatThrownBy(() -> new Lint(active, here).check(silent, WEEK, NAMES))
        .hasMessageContaining("extensions are not exactly the profile's");
  }

  /** Who may sign OCSP answers may call every certificate of its issuer good. */
  @Test
  void makesNoDeviceAnOcspResponder() {
    assertThatThrownBy(() -> new CertificateProfile(
            CertificateProfile.Kind.DEVICE,
            Duration.ofDays(7),
            Duration.ZERO,
            List.of(Purpose.CLIENT_AUTH, Purpose.OCSP_SIGNING)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void signsADraftWithTheKeyItWasDraftedFor() throws Exception {
    HeldCertificate next =
        HeldCertificate.builder().commonName("next").authority(0).signedBy(root).build();
    Permit before = authority.draft(WEEK, NAMES, key, now);
    Issuer retired = HeldIssuers.issuer(Role.ISSUING, State.RETIRED, issuing);
    Issuer active = HeldIssuers.issuer(Role.ISSUING, State.ACTIVE, next);
    authority.use(
        new Hierarchy(List.of(HeldIssuers.issuer(Role.ROOT, State.ACTIVE, root), retired, active)),
        Map.of(
            retired.id(),
            Signer.of(issuing.keys().getPrivate()),
            active.id(),
            Signer.of(next.keys().getPrivate())));

    X509Certificate first = authority.sign(before);
    first.verify(issuing.certificate().getPublicKey());
    assertThat(authority.chain(first)).containsExactly(first, issuing.certificate());
    assertThat(authority.resume(before.toBeSigned(), WEEK, NAMES)).isEmpty();
    X509Certificate second = authority.sign(authority.draft(WEEK, NAMES, key, now));
    second.verify(next.certificate().getPublicKey());
    assertThat(authority.chain(second)).containsExactly(second, next.certificate());
  }

  @Test
  void callsItsKeyWhatItsOwnCertificateDoes() throws Exception {
    HeldCertificate foreign = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .extension(Extension.subjectKeyIdentifier, false, new byte[] {4, 3, 1, 2, 3})
        .signedBy(root)
        .build();
    CertificateAuthority under = HeldIssuers.authority(root, foreign);

    X509Certificate leaf = under.sign(under.draft(WEEK, NAMES, key, now));
    assertThat(KeyIds.authority(leaf)).containsExactly(1, 2, 3);
    assertThat(under.chain(leaf)).containsExactly(leaf, foreign.certificate());
  }

  @Test
  void needsTheKeyOfTheActiveCa() {
    assertThatThrownBy(() -> authority.use(authority.hierarchy(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not at hand");
    assertThat(authority.signer(authority.issuingKeyId())).isPresent();
  }

  @Test
  void aPermitIsGoodForOneSignature() {
    Permit permit = authority.draft(WEEK, NAMES, key, now);
    authority.sign(permit);

    assertThatThrownBy(() -> authority.sign(permit))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was used before");
  }

  @Test
  void serialNumbersArePositiveUnpredictableAndShort() {
    Set<BigInteger> serials = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      serials.add(authority.draft(WEEK, NAMES, key, now).serial());
    }

    assertThat(serials).hasSize(500).allMatch(s -> s.signum() > 0 && s.bitLength() <= 127);
  }

  @Test
  void neverOutlivesTheIssuer() {
    CertificateProfile year =
        new CertificateProfile(Kind.DEVICE, Duration.ofDays(365), Duration.ofHours(12));
    Permit permit = authority.draft(year, NAMES, key, now);

    assertThat(permit.validity().notAfter()).isEqualTo(now.plus(Duration.ofDays(30)));
    assertThat(permit.validity().notBefore()).isEqualTo(now.minus(Duration.ofHours(1)));
  }

  @Test
  void signsNothingOnceTheIssuerHasExpired() {
    assertThatThrownBy(() -> authority.draft(WEEK, NAMES, key, now.plus(Duration.ofDays(31))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not now");
  }

  @Test
  void writesYearsPast2049AsRfc5280Says() throws Exception {
    HeldCertificate lasting = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .validity(now.minus(Duration.ofDays(1)), Instant.parse("9999-12-31T23:59:59Z"))
        .build();
    CertificateAuthority longLived = HeldIssuers.authority(lasting, lasting);
    CertificateProfile decades =
        new CertificateProfile(Kind.DEVICE, Duration.ofDays(365L * 40), Duration.ZERO);

    X509Certificate certificate = longLived.sign(longLived.draft(decades, NAMES, key, now));
    assertThat(certificate.getNotAfter().toInstant())
        .isEqualTo(now.plus(Duration.ofDays(365L * 40)));
  }

  @Test
  void holdsProfilesAndNamesToEachOther() {
    CertificateProfile broker =
        new CertificateProfile(Kind.BROKER, Duration.ofDays(1), Duration.ZERO);
    CertificateProfile service =
        new CertificateProfile(Kind.SERVICE, Duration.ofDays(1), Duration.ZERO);

    assertThatThrownBy(() -> authority.draft(broker, NAMES, key, now))
        .hasMessageContaining("it has 0 host names");
    assertThatThrownBy(() -> authority.draft(service, NAMES, key, now))
        .hasMessageContaining("it has 1 URI names");
  }

  @Test
  void refusesAProfileOutOfBounds() {
    assertThatThrownBy(
            () -> new CertificateProfile(Kind.DEVICE, Duration.ofSeconds(9), Duration.ZERO))
        .hasMessageContaining("9s is too short");
    assertThatThrownBy(
            () -> new CertificateProfile(Kind.DEVICE, Duration.ofDays(1), Duration.ofSeconds(-1)))
        .hasMessageContaining("-1s is not valid");
  }

  /** Each case takes a good certificate apart and puts one thing in wrong. */
  private void assertLinted(String fault, Consumer<Parts> mistake) throws Exception {
    Parts parts = new Parts(
        TBSCertificate.getInstance(authority.draft(WEEK, NAMES, key, now).toBeSigned()));
    mistake.accept(parts);
    byte[] tbs = parts.build();
    assertThatThrownBy(() -> lint.check(tbs, WEEK, NAMES))
        .isInstanceOf(LintException.class)
        .hasMessageContaining(fault);
    assertThat(authority.resume(tbs, WEEK, NAMES)).isEmpty();
  }

  @Test
  void lintFindsWhatMustNotBeSigned() throws Exception {
    assertLinted("serial number", p -> p.serial = BigInteger.ZERO);
    assertLinted("serial number", p -> p.serial = BigInteger.TEN.negate());
    assertLinted("serial number", p -> p.serial = BigInteger.valueOf(7));
    assertLinted("serial number", p -> p.serial = BigInteger.ONE.shiftLeft(160));
    assertLinted("issuer", p -> p.issuer = new X500Name("CN=somebody"));
    assertLinted("subject", p -> p.subject = new X500Name("CN=d-2"));
    assertLinted("subject", p -> p.subject = new X500Name("CN=D-1"));
    assertLinted("subject", p -> p.subject = new X500Name("CN=d-1,O=Acme"));
    assertLinted("within the issuer's", p -> p.notAfter = now.plus(Duration.ofDays(31)));
    assertLinted("within the issuer's", p -> p.notBefore = now.minus(Duration.ofHours(2)));
    assertLinted("lives longer", p -> p.notAfter = now.plus(Duration.ofDays(8)));
    assertLinted("cannot be read back", p -> p.notAfter = now.minus(Duration.ofHours(1)));
    assertLinted(
        "extensions are not exactly",
        p -> p.add(Extension.basicConstraints, true, new BasicConstraints(true)));
    assertLinted("extensions are not exactly", p -> p.remove(Extension.keyUsage));
    assertLinted(
        "keyUsage is not digitalSignature",
        p -> p.add(
            Extension.keyUsage,
            true,
            new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)));
    assertLinted(
        "only keyUsage is critical",
        p -> p.add(Extension.keyUsage, false, new KeyUsage(KeyUsage.digitalSignature)));
    assertLinted(
        "extendedKeyUsage",
        p -> p.add(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
    assertLinted(
        "it has 2 URI names",
        p -> p.names(uri(NAMES.spiffeId()), uri("spiffe://example.org/app/x")));
    assertLinted(
        "it has 1 host names",
        p -> p.names(uri(NAMES.spiffeId()), new GeneralName(GeneralName.dNSName, "localhost")));
    assertLinted(
        "names of another kind",
        p -> p.names(
            uri(NAMES.spiffeId()), new GeneralName(GeneralName.rfc822Name, "a@example.org")));
    assertLinted(
        "not those decided on", p -> p.names(uri("spiffe://example.org/fleet/sensors/device/d-2")));
    assertLinted(
        "subjectKeyIdentifier", p -> p.key = CertificateRequest.newKeyPair().getPublic());
    assertLinted(
        "it has 1 host names",
        p -> p.names(uri(NAMES.spiffeId()), new GeneralName(GeneralName.iPAddress, "10.0.0.1")));
    assertLinted(
        "a date is not encoded as its year asks for",
        p -> p.end = new Time(new DERGeneralizedTime(Date.from(p.notAfter))));
    assertLinted(
        "a date is not in whole seconds of UTC",
        p -> p.end = new Time(new DERUTCTime("300101000000+0100")));
    assertLinted(
        "the key is of an algorithm or with parameters that are not certified",
        p -> p.keyInfo = new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption), new byte[8]));
    assertLinted(
        "the key is of an algorithm or with parameters that are not certified",
        p -> p.keyInfo = new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256k1),
            new byte[8]));
  }

  @Test
  void lintHoldsDevicesToTheDnsNamesDecidedOn() throws Exception {
    CertifiedNames named = CertifiedNames.of(DEVICE, List.of("d-1.example.org"));
    byte[] good = authority.draft(WEEK, named, key, now).toBeSigned();
    lint.check(good, WEEK, named);
    assertThatThrownBy(() -> lint.check(good, WEEK, NAMES))
        .isInstanceOf(LintException.class)
        .hasMessageContaining("it has 1 host names");
    CertifiedNames address = CertifiedNames.of(DEVICE, List.of("10.0.0.1"));
    assertThatThrownBy(() -> authority.draft(WEEK, address, key, now))
        .hasMessageContaining("host names its kind must not have");
    CertifiedNames other = new CertifiedNames("d-2", NAMES.spiffeId(), List.of());
    assertThatThrownBy(() -> authority.draft(WEEK, other, key, now))
        .hasMessageContaining("the SPIFFE ID is too long or not of the CN");
    CertifiedNames notOurs = new CertifiedNames("d-1", "spiffe://example.org/d-1", List.of());
    assertThatThrownBy(() -> authority.draft(WEEK, notOurs, key, now))
        .hasMessageContaining("is not a Mintmark identity");
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  @Test
  void lintFindsBytesThatAreNoCertificate() {
    assertThatThrownBy(() -> lint.check(new byte[] {1, 2, 3}, WEEK, NAMES))
        .isInstanceOf(LintException.class);
  }

  /** A to-be-signed certificate that can be changed. */
  private static final class Parts {
    private BigInteger serial;
    private X500Name issuer;
    private X500Name subject;
    private Instant notBefore;
    private Instant notAfter;
    private Time end;
    private PublicKey key;
    private SubjectPublicKeyInfo keyInfo;
    private final TBSCertificate original;
    private Extensions extensions;

    Parts(TBSCertificate tbs) {
      original = tbs;
      serial = tbs.getSerialNumber().getValue();
      issuer = tbs.getIssuer();
      subject = tbs.getSubject();
      notBefore = tbs.getStartDate().getDate().toInstant();
      notAfter = tbs.getEndDate().getDate().toInstant();
      extensions = tbs.getExtensions();
    }

    void add(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
      try {
        ExtensionsGenerator generator = copyWithout(id);
        generator.addExtension(id, critical, value);
        extensions = generator.generate();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    void remove(ASN1ObjectIdentifier id) {
      extensions = copyWithout(id).generate();
    }

    private ExtensionsGenerator copyWithout(ASN1ObjectIdentifier id) {
      ExtensionsGenerator generator = new ExtensionsGenerator();
      for (ASN1ObjectIdentifier present : extensions.getExtensionOIDs()) {
        if (!present.equals(id)) {
          generator.addExtension(extensions.getExtension(present));
        }
      }
      return generator;
    }

    void names(GeneralName... names) {
      add(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }

    byte[] build() throws Exception {
      V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
      tbs.setSerialNumber(new ASN1Integer(serial));
      tbs.setSignature(CertificateAuthority.SIGNATURE);
      tbs.setIssuer(issuer);
      tbs.setStartDate(CertificateAuthority.time(notBefore));
      tbs.setEndDate(end == null ? CertificateAuthority.time(notAfter) : end);
      tbs.setSubject(subject);
      if (key != null) {
        keyInfo = SubjectPublicKeyInfo.getInstance(key.getEncoded());
      }
      tbs.setSubjectPublicKeyInfo(keyInfo == null ? original.getSubjectPublicKeyInfo() : keyInfo);
      tbs.setExtensions(extensions);
      return tbs.generateTBSCertificate().getEncoded("DER");
    }
  }
}
