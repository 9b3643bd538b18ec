package io.mintmark.provisioning.ca;

import io.mintmark.identity.Der;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The issuing CA and the root above it. A certificate comes about in three steps, so that what is
 * signed was checked and stored before: {@link #draft} builds and lints it, the caller stores
 * {@link Permit#toBeSigned}, {@link #sign} signs exactly that. Thread-safe.
 */
public final class CertificateAuthority {

  /** ecdsa-with-SHA256, RFC 5758, section 3.2: without parameters. */
  static final AlgorithmIdentifier SIGNATURE =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private static final byte[] SIGNATURE_DER = der(SIGNATURE);

  private static final Extension KEY_USAGE =
      extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));

  private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

  private static final int SERIAL_BITS = 127;

  private final List<X509Certificate> roots;
  private final X509Certificate issuing;
  private final Signer signer;
  private final Lint lint;
  private final Validity issuerValidity;
  private final X500Name issuerName;
  private final Extension authorityKeyId;
  private final SecureRandom random = new SecureRandom();

  /**
   * An authority.
   *
   * @param roots what everybody should trust
   * @param issuing the issuing CA's certificate, issued by one of the roots
   * @param signer its key
   */
  public CertificateAuthority(List<X509Certificate> roots, X509Certificate issuing, Signer signer) {
    this.roots = List.copyOf(roots);
    this.issuing = issuing;
    this.signer = signer;
    this.lint = new Lint(issuing);
    this.issuerValidity = Validity.of(issuing);
    this.issuerName = X500Name.getInstance(issuing.getSubjectX500Principal().getEncoded());
    this.authorityKeyId = extension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(KeyIds.of(issuing.getPublicKey())));
  }

  /** The roots: what everybody should trust. */
  public List<X509Certificate> trustAnchors() {
    return roots;
  }

  /** The issuing CA: what operational certificates must be signed by. */
  public X509Certificate issuing() {
    return issuing;
  }

  /** The issuing key's identifier, lower-case hex: what certificates name as their authority's. */
  public String issuingKeyId() {
    return HexFormat.of().formatHex(KeyIds.of(issuing.getPublicKey()));
  }

  /** The roots and the issuing CA, for {@code /cacerts} (RFC 7030, section 4.1.3). */
  public List<X509Certificate> caCertificates() {
    List<X509Certificate> all = new ArrayList<>(roots);
    all.add(issuing);
    return all;
  }

  /** The certificate and its issuers, without the root: what its holder shows in TLS. */
  public List<X509Certificate> chain(X509Certificate leaf) {
    return List.of(leaf, issuing);
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
    if (!issuerValidity.contains(now)) {
      throw new IllegalStateException("the issuing CA is valid " + issuerValidity + ", not now");
    }
    try {
      byte[] tbs = build(profile, names, key, now).getEncoded(ASN1Encoding.DER);
      return lint.check(tbs, profile, names);
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
   * @return empty if it would not pass any more, for example because the profile has changed
   */
  public Optional<Permit> resume(
      byte[] toBeSigned, CertificateProfile profile, CertifiedNames names) {
    try {
      return Optional.of(lint.check(toBeSigned, profile, names));
    } catch (LintException e) {
      return Optional.empty();
    }
  }

  /**
   * Signs what the permit is for.
   *
   * @throws IllegalStateException if the permit was used before or the key cannot be used
   */
  public X509Certificate sign(Permit permit) {
    byte[] tbs = permit.use();
    try {
      return assemble(tbs, signer.sign(tbs));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the issuing key cannot sign: " + e.getMessage(), e);
    }
  }

  /** The certificate around these bytes, which go into it as they were signed. */
  static X509Certificate assemble(byte[] toBeSigned, byte[] signature) {
    return Pem.certificate(
        Der.element(Der.SEQUENCE, toBeSigned, SIGNATURE_DER, Der.bitString(signature)));
  }

  private TBSCertificate build(
      CertificateProfile profile, CertifiedNames names, PublicKey key, Instant now)
      throws IOException {
    SubjectPublicKeyInfo spki = SubjectPublicKeyInfo.getInstance(key.getEncoded());
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(new ASN1Integer(newSerial()));
    tbs.setSignature(SIGNATURE);
    tbs.setIssuer(issuerName);
    tbs.setStartDate(time(later(now.minus(profile.backdate()), issuerValidity.notBefore())));
    tbs.setEndDate(time(earlier(now.plus(profile.lifetime()), issuerValidity.notAfter())));
    tbs.setSubject(names.subject());
    tbs.setSubjectPublicKeyInfo(spki);
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(authorityKeyId);
    extensions.addExtension(
        Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIds.of(spki)));
    extensions.addExtension(KEY_USAGE);
    extensions.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            profile.purposes().stream().map(Purpose::id).toArray(KeyPurposeId[]::new)));
    extensions.addExtension(Extension.subjectAlternativeName, false, names.subjectAltName());
    tbs.setExtensions(extensions.generate());
    return tbs.generateTBSCertificate();
  }

  /** RFC 5280, section 4.1.2.2: positive, at most 20 octets; unpredictable besides. */
  private BigInteger newSerial() {
    BigInteger serial = new BigInteger(SERIAL_BITS, random);
    // One in 2^63 is too short for the lint.
    return serial.bitLength() > SERIAL_BITS / 2 + 1 ? serial : newSerial();
  }

  private static Extension extension(ASN1ObjectIdentifier id, boolean critical, ASN1Object value) {
    return new Extension(id, critical, der(value));
  }

  private static byte[] der(ASN1Object value) {
    try {
      return value.getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a constant cannot be encoded", e);
    }
  }

  /** RFC 5280, section 4.1.2.5. BouncyCastle's own way there formats and parses with the locale. */
  static Time time(Instant moment) {
    boolean utc = moment.isBefore(Lint.YEAR_2050);
    String digits = (utc ? UTC_TIME : GENERALIZED_TIME).format(moment.atOffset(ZoneOffset.UTC));
    byte[] der = Der.element(
        utc ? BERTags.UTC_TIME : BERTags.GENERALIZED_TIME,
        digits.getBytes(StandardCharsets.US_ASCII));
    try {
      return Time.getInstance(ASN1Primitive.fromByteArray(der));
    } catch (IOException e) {
      throw new IllegalArgumentException("not a moment of a certificate: " + moment, e);
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
