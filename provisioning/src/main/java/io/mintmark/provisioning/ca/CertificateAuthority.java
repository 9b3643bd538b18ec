package io.mintmark.provisioning.ca;

import io.mintmark.identity.Der;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.Issuer;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The CAs of the installation at work. A certificate comes about in three steps, so that what is
 * signed was checked and stored before: {@link #draft} builds and lints it for the active issuing
 * CA, the caller stores {@link Permit#toBeSigned}, {@link #sign} signs exactly that, with the key of
 * the CA it was drafted for. Thread-safe.
 */
public final class CertificateAuthority {

  /** ecdsa-with-SHA256, RFC 5758, section 3.2: without parameters. */
  static final AlgorithmIdentifier SIGNATURE =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private static final byte[] SIGNATURE_DER =
      Der.element(Der.SEQUENCE, Der.oid(X9ObjectIdentifiers.ecdsa_with_SHA256.getId()));

  private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("uuMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

  private static final int SERIAL_BITS = 127;

  private final SecureRandom random = new SecureRandom();
  private final StatusAddresses addresses;
  private volatile Standing standing;

  /** Of one moment: the CAs, whose keys are at hand, and what signing with each takes. */
  private record Standing(
      Hierarchy hierarchy, Map<String, Signer> signers, Map<String, SigningCa> signing) {

    SigningCa active() {
      return signing.get(hierarchy.active().id());
    }
  }

  /**
   * What signing takes of a CA, worked out once.
   *
   * @param id as of {@link Issuer}
   */
  private record SigningCa(
      String id,
      X509Certificate certificate,
      X500Name name,
      AuthorityKeyIdentifier key,
      Lint lint,
      Validity validity) {

    static SigningCa of(Issuer issuer, StatusAddresses addresses) {
      X509Certificate certificate = issuer.certificate();
      return new SigningCa(
          issuer.id(),
          certificate,
          X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
          new AuthorityKeyIdentifier(KeyIds.subject(certificate)),
          new Lint(issuer, addresses),
          Validity.of(certificate));
    }
  }

  /**
   * An authority.
   *
   * @param hierarchy the CAs
   * @param signers the keys at hand, by the ids of their CAs
   * @param addresses where certificates say that their status is told
   * @throws IllegalArgumentException if the active issuing CA's is not among them
   */
  public CertificateAuthority(
      Hierarchy hierarchy, Map<String, Signer> signers, Optional<StatusAddresses> addresses) {
    this.addresses = addresses.orElse(null);
    use(hierarchy, signers);
  }

  /** An authority whose certificates do not say where their status is told. */
  public CertificateAuthority(Hierarchy hierarchy, Map<String, Signer> signers) {
    this(hierarchy, signers, Optional.empty());
  }

  /** From now on these: drafts made before are still signed, if their CA's key is there. */
  public final void use(Hierarchy hierarchy, Map<String, Signer> signers) {
    Issuer active = hierarchy.active();
    if (!signers.containsKey(active.id())) {
      throw new IllegalArgumentException(
          "the key of issuing CA " + active.id() + " is not at hand");
    }
    Map<String, SigningCa> signing = new HashMap<>();
    for (Issuer issuer : hierarchy.issuers()) {
      if (signers.containsKey(issuer.id())) {
        signing.put(issuer.id(), SigningCa.of(issuer, this.addresses));
      }
    }
    standing = new Standing(hierarchy, Map.copyOf(signers), Map.copyOf(signing));
  }

  /** The CAs as they stand now. */
  public Hierarchy hierarchy() {
    return standing.hierarchy();
  }

  /**
   * The key of a CA, for what is no operational certificate: CRLs, for example.
   *
   * @param issuer its id
   * @return empty if it is unknown or not at hand, as a root's that is offline
   */
  public Optional<Signer> signer(String issuer) {
    return Optional.ofNullable(standing.signers().get(issuer));
  }

  /** Whether certificates of an issuing CA count, by its id. */
  public boolean accepts(String issuer) {
    Hierarchy hierarchy = hierarchy();
    return hierarchy.find(issuer).filter(hierarchy::accepts).isPresent();
  }

  /** The roots: what everybody should trust. */
  public List<X509Certificate> trustAnchors() {
    return hierarchy().trustAnchors();
  }

  /** The active issuing CA: what operational certificates are signed by now. */
  public X509Certificate issuing() {
    return standing.active().certificate();
  }

  /** The active issuing CA's id. */
  public String issuingKeyId() {
    return standing.active().id();
  }

  /** What a client builds its path from, for {@code /cacerts} (RFC 7030, section 4.1.3). */
  public List<X509Certificate> caCertificates() {
    return hierarchy().all();
  }

  /** The certificate and its issuers, without the root: what its holder shows in TLS. */
  public List<X509Certificate> chain(X509Certificate leaf) {
    return hierarchy().chain(leaf);
  }

  /**
   * Builds and lints a certificate of a new random serial number, unsigned.
   *
   * @param key checked by the caller
   * @param now the moment of issuing
   * @throws IllegalStateException if the issuing CA has expired, or the profile and the names do
   *     not fit each other
   */
  public Permit draft(
      CertificateProfile profile, CertifiedNames names, PublicKey key, Instant now) {
    return draft(standing.active(), profile, names, key, now);
  }

  /**
   * As {@link #draft(CertificateProfile, CertifiedNames, PublicKey, Instant)}, by any of our CAs: an
   * OCSP responder is certified by the CA it speaks for (RFC 6960, section 4.2.2.2).
   *
   * @param issuer its id
   * @throws IllegalStateException if its key is not at hand, too
   */
  public Permit draft(
      String issuer, CertificateProfile profile, CertifiedNames names, PublicKey key, Instant now) {
    SigningCa ca = standing.signing().get(issuer);
    if (ca == null) {
      throw new IllegalStateException("the key of issuing CA " + issuer + " is not at hand");
    }
    return draft(ca, profile, names, key, now);
  }

  private Permit draft(
      SigningCa ca, CertificateProfile profile, CertifiedNames names, PublicKey key, Instant now) {
    if (!ca.validity().contains(now)) {
      throw new IllegalStateException("the issuing CA is valid " + ca.validity() + ", not now");
    }
    try {
      byte[] tbs = build(ca, profile, names, key, now).getEncoded(ASN1Encoding.DER);
      return ca.lint().check(tbs, profile, names);
    } catch (LintException e) {
      throw new IllegalStateException(
          "a certificate for '" + names.commonName() + "' was not signed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("a certificate cannot be encoded", e);
    }
  }

  /**
   * The permit for a certificate that was drafted and stored before and, as far as we know, not
   * signed.
   *
   * @return empty if it would not pass any more, because the profile or the active CA has changed
   */
  public Optional<Permit> resume(
      byte[] toBeSigned, CertificateProfile profile, CertifiedNames names) {
    try {
      return Optional.of(standing.active().lint().check(toBeSigned, profile, names));
    } catch (LintException e) {
      return Optional.empty();
    }
  }

  /**
   * Signs what the permit is for.
   *
   * @throws KeyUnavailableException if the key cannot be used now
   * @throws IllegalStateException if the permit was used before
   */
  public X509Certificate sign(Permit permit) {
    byte[] tbs = permit.use();
    Signer signer = signer(permit.issuer())
        .orElseThrow(() -> new IllegalStateException(
            "the key of issuing CA " + permit.issuer() + " is not at hand any more"));
    try {
      return assemble(tbs, signer.sign(tbs));
    } catch (GeneralSecurityException e) {
      throw new KeyUnavailableException(
          "the key of issuing CA " + permit.issuer() + " cannot be used: " + e.getMessage(), e);
    }
  }

  static X509Certificate assemble(byte[] toBeSigned, byte[] signature) {
    return Pem.certificate(signed(toBeSigned, signature));
  }

  /**
   * The bytes that were signed and their signature, as certificates and CRLs have them (RFC 5280,
   * sections 4.1 and 5.1). Encoding them once more would cost as much as before.
   */
  static byte[] signed(byte[] toBeSigned, byte[] signature) {
    return Der.element(Der.SEQUENCE, toBeSigned, SIGNATURE_DER, Der.bitString(signature));
  }

  private TBSCertificate build(
      SigningCa ca, CertificateProfile profile, CertifiedNames names, PublicKey key, Instant now)
      throws IOException {
    SubjectPublicKeyInfo spki = SubjectPublicKeyInfo.getInstance(key.getEncoded());
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(new ASN1Integer(newSerial()));
    tbs.setSignature(SIGNATURE);
    tbs.setIssuer(ca.name());
    tbs.setStartDate(time(later(now.minus(profile.backdate()), ca.validity().notBefore())));
    tbs.setEndDate(time(earlier(now.plus(profile.lifetime()), ca.validity().notAfter())));
    tbs.setSubject(names.subject());
    tbs.setSubjectPublicKeyInfo(spki);
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.authorityKeyIdentifier, false, ca.key());
    extensions.addExtension(
        Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIds.of(spki)));
    extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    extensions.addExtension(
        Extension.extendedKeyUsage, false, Purpose.extension(profile.purposes()));
    if (!profile.kind().hasNoAlternativeNames()) {
      extensions.addExtension(Extension.subjectAlternativeName, false, names.subjectAltName());
    }
    if (!profile.kind().hasStatus()) {
      extensions.addExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
    } else if (addresses != null) {
      extensions.addExtension(
          Extension.cRLDistributionPoints, false, addresses.distributionPoints(ca.id()));
      extensions.addExtension(
          Extension.authorityInfoAccess, false, addresses.informationAccess(ca.id()));
    }
    tbs.setExtensions(extensions.generate());
    return tbs.generateTBSCertificate();
  }

  /** RFC 5280, section 4.1.2.2: positive, at most 20 octets; unpredictable besides. */
  private BigInteger newSerial() {
    BigInteger serial = new BigInteger(SERIAL_BITS, random);
    // One in 2^63 is too short for the lint.
    return serial.bitLength() > SERIAL_BITS / 2 + 1 ? serial : newSerial();
  }

  /** In whole seconds, UTCTime through 2049 and GeneralizedTime after (RFC 5280, section 4.1.2.5). */
  static Time time(Instant moment) {
    LocalDateTime utc = LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
    return new Time(
        utc.getYear() >= 1950 && utc.getYear() < 2050
            ? new ASN1UTCTime(UTC_TIME.format(utc))
            : new ASN1GeneralizedTime(GENERALIZED_TIME.format(utc)));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
