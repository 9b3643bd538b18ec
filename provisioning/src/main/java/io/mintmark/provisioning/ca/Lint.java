package io.mintmark.provisioning.ca;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.Issuer;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads a to-be-signed certificate back from its bytes and holds it to the rules, whoever built it.
 * A builder's mistake is found here, before the signature, not by a device in the field.
 * Thread-safe.
 */
final class Lint {

  private static final int SHORTEST_SERIAL = 64;
  private static final int LONGEST_SERIAL = 159;

  /** ub-common-name, RFC 5280, appendix A.1. */
  private static final int LONGEST_COMMON_NAME = 64;

  /** SPIFFE ID specification, section 2.3. */
  private static final int LONGEST_SPIFFE_ID = 2048;

  /** From here on dates are GeneralizedTime (RFC 5280, section 4.1.2.5). */
  static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

  private static final Pattern MOMENT =
      Pattern.compile("(\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(?:Z|GMT\\+00:00)");

  private static final Set<ASN1ObjectIdentifier> CURVES = Set.of(
      X9ObjectIdentifiers.prime256v1,
      SECObjectIdentifiers.secp384r1,
      SECObjectIdentifiers.secp521r1);

  private static final Set<ASN1ObjectIdentifier> EXTENSIONS = Set.of(
      Extension.authorityKeyIdentifier,
      Extension.subjectKeyIdentifier,
      Extension.keyUsage,
      Extension.extendedKeyUsage);

  private final String issuer;
  private final byte[] issuerName;
  private final byte[] issuerKeyId;
  private final Validity issuerValidity;
  private final StatusAddresses addresses;

  /**
   * The rules for what an issuer signs.
   *
   * @param addressesOrNull where certificates have to say that their status is told
   */
  Lint(Issuer issuer, StatusAddresses addressesOrNull) {
    X509Certificate certificate = issuer.certificate();
    this.issuer = issuer.id();
    this.issuerName = certificate.getSubjectX500Principal().getEncoded();
    this.issuerKeyId = KeyIds.subject(certificate);
    this.issuerValidity = Validity.of(certificate);
    this.addresses = addressesOrNull;
  }

  /**
   * Checks one certificate.
   *
   * @param toBeSigned DER of its to-be-signed part
   * @param names what it must say, and nothing else
   * @throws LintException if it breaks a rule
   */
  Permit check(byte[] toBeSigned, CertificateProfile profile, CertifiedNames names)
      throws LintException {
    TBSCertificate tbs;
    try {
      tbs = TBSCertificate.getInstance(toBeSigned);
      Validity validity = new Validity(moment(tbs.getStartDate()), moment(tbs.getEndDate()));
      checkFrame(tbs);
      checkValidity(validity, profile);
      checkEncoding(tbs.getStartDate(), validity.notBefore());
      checkEncoding(tbs.getEndDate(), validity.notAfter());
      checkKey(tbs.getSubjectPublicKeyInfo().getAlgorithm());
      // X500Name.equals would not tell upper from lower case.
      require(
          Arrays.equals(tbs.getSubject().getEncoded(), names.subject().getEncoded()),
          "the subject is not CN and its name alone");
      require(names.commonName().length() <= LONGEST_COMMON_NAME, "the CN is too long");
      checkExtensions(tbs, profile, names);
      return new Permit(issuer, toBeSigned, tbs.getSerialNumber().getPositiveValue(), validity);
    } catch (IllegalArgumentException | IOException e) {
      throw new LintException("it cannot be read back: " + e.getMessage());
    }
  }

  /** RFC 5280, section 4.1. */
  private void checkFrame(TBSCertificate tbs) throws LintException, IOException {
    require(tbs.getVersionNumber() == 3, "it is not of version 3");
    int bits = tbs.getSerialNumber().getValue().bitLength();
    require(
        tbs.getSerialNumber().getValue().signum() > 0
            && bits >= SHORTEST_SERIAL
            && bits <= LONGEST_SERIAL,
        "the serial number is not a positive one of 64 to 159 bits");
    require(tbs.getSignature().equals(CertificateAuthority.SIGNATURE), "the algorithm is not ours");
    // As in RFC 5280, section 7.1: byte by byte every way of comparing names agrees.
    require(
        Arrays.equals(tbs.getIssuer().getEncoded(), issuerName),
        "the issuer is not our issuing CA");
    require(
        tbs.getIssuerUniqueId() == null && tbs.getSubjectUniqueId() == null,
        "unique identifiers must not be used");
  }

  private void checkValidity(Validity validity, CertificateProfile profile) throws LintException {
    require(validity.notAfter().isAfter(validity.notBefore()), "it is never valid");
    require(
        !validity.notBefore().isBefore(issuerValidity.notBefore())
            && !validity.notAfter().isAfter(issuerValidity.notAfter()),
        "its validity is not within the issuer's, " + issuerValidity);
    Duration longest = profile.lifetime().plus(profile.backdate()).plusSeconds(1);
    require(
        validity.lifetime().compareTo(longest) <= 0,
        "it lives longer than the profile's " + profile.lifetime().toSeconds() + "s");
  }

  /** Whole seconds of UTC, whatever else ASN.1 allows (RFC 5280, section 4.1.2.5). */
  private static Instant moment(Time time) throws LintException {
    Matcher digits = MOMENT.matcher(time.getTime());
    require(digits.matches(), "a date is not in whole seconds of UTC");
    try {
      return LocalDateTime.of(
              number(digits, 1),
              number(digits, 2),
              number(digits, 3),
              number(digits, 4),
              number(digits, 5),
              number(digits, 6))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new LintException("a date is none");
    }
  }

  private static int number(Matcher digits, int group) {
    return Integer.parseInt(digits.group(group));
  }

  private static void checkEncoding(Time time, Instant moment) throws LintException {
    require(
        time.toASN1Primitive() instanceof ASN1UTCTime == moment.isBefore(YEAR_2050),
        "a date is not encoded as its year asks for");
  }

  /** RFC 3279, section 2.3.1 (RSA), RFC 5480, section 2.1.1 (EC), RFC 8410, section 3 (Ed25519). */
  private static void checkKey(AlgorithmIdentifier algorithm) throws LintException {
    ASN1ObjectIdentifier id = algorithm.getAlgorithm();
    ASN1Encodable parameters = algorithm.getParameters();
    boolean good = id.equals(PKCSObjectIdentifiers.rsaEncryption)
        ? DERNull.INSTANCE.equals(parameters)
        : id.equals(X9ObjectIdentifiers.id_ecPublicKey)
            ? parameters instanceof ASN1ObjectIdentifier curve && CURVES.contains(curve)
            : id.equals(EdECObjectIdentifiers.id_Ed25519) && parameters == null;
    require(good, "the key is of an algorithm or with parameters that are not certified");
  }

  private void checkExtensions(TBSCertificate tbs, CertificateProfile profile, CertifiedNames names)
      throws LintException, IOException {
    Extensions extensions = tbs.getExtensions();
    require(extensions != null, "it has no extensions");
    Set<ASN1ObjectIdentifier> present = new HashSet<>(Arrays.asList(extensions.getExtensionOIDs()));
    // Among the extensions it must not have is basicConstraints: no CA bit, ever.
    require(
        present.equals(expected(profile.kind())), "its extensions are not exactly the profile's");
    for (ASN1ObjectIdentifier id : present) {
      boolean critical = extensions.getExtension(id).isCritical();
      require(critical == id.equals(Extension.keyUsage), "only keyUsage is critical, and is");
    }
    require(
        KeyUsage.fromExtensions(extensions).equals(new KeyUsage(KeyUsage.digitalSignature)),
        "keyUsage is not digitalSignature alone");
    require(
        List.of(ExtendedKeyUsage.fromExtensions(extensions).getUsages())
            .equals(profile.purposes().stream().map(Purpose::id).toList()),
        "extendedKeyUsage is not the profile's");
    require(
        Arrays.equals(
            AuthorityKeyIdentifier.fromExtensions(extensions).getKeyIdentifierOctets(),
            issuerKeyId),
        "authorityKeyIdentifier is not our issuing CA's key");
    require(
        Arrays.equals(
            SubjectKeyIdentifier.fromExtensions(extensions).getKeyIdentifier(),
            KeyIds.of(tbs.getSubjectPublicKeyInfo())),
        "subjectKeyIdentifier is not of the key");
    if (present.contains(Extension.subjectAlternativeName)) {
      checkNames(
          GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName),
          profile.kind(),
          names);
    } else {
      require(names.spiffeId() == null && names.hosts().isEmpty(), "its names are missing");
    }
    checkStatus(extensions);
  }

  private Set<ASN1ObjectIdentifier> expected(CertificateProfile.Kind kind) {
    Set<ASN1ObjectIdentifier> expected = new HashSet<>(EXTENSIONS);
    if (!kind.hasNoAlternativeNames()) {
      expected.add(Extension.subjectAlternativeName);
    }
    if (!kind.hasStatus()) {
      expected.add(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck);
    } else if (addresses != null) {
      expected.add(Extension.cRLDistributionPoints);
      expected.add(Extension.authorityInfoAccess);
    }
    return expected;
  }

  /** Each address exactly: a certificate cannot be told later that it was mistaken. */
  private void checkStatus(Extensions extensions) throws LintException, IOException {
    if (extensions.getExtension(Extension.cRLDistributionPoints) != null) {
      require(
          is(extensions, Extension.cRLDistributionPoints, addresses.distributionPoints(issuer)),
          "cRLDistributionPoints is not the issuer's CRL");
      require(
          is(extensions, Extension.authorityInfoAccess, addresses.informationAccess(issuer)),
          "authorityInfoAccess is not the issuer's OCSP and certificate");
    }
    if (extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck) != null) {
      require(
          is(extensions, OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, DERNull.INSTANCE),
          "ocsp-nocheck is not NULL");
    }
  }

  private static boolean is(Extensions extensions, ASN1ObjectIdentifier id, ASN1Encodable value)
      throws IOException {
    return Arrays.equals(
        extensions.getExtension(id).getExtnValue().getOctets(),
        value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
  }

  /** X509-SVID, sections 2 and 4: exactly one URI SAN, other kinds of names besides. */
  private static void checkNames(
      GeneralNames actual, CertificateProfile.Kind kind, CertifiedNames names)
      throws LintException {
    List<GeneralName> all = List.of(actual.getNames());
    long uris = count(all, GeneralName.uniformResourceIdentifier);
    long dnsNames = count(all, GeneralName.dNSName);
    long addresses = count(all, GeneralName.iPAddress);
    long hosts = dnsNames + addresses;
    require(uris == (kind.hasSpiffeId() ? 1 : 0), "it has " + uris + " URI names");
    require(
        hosts == names.hosts().size() && (hosts > 0 || !kind.needsHosts()),
        "it has " + hosts + " host names");
    require(
        (dnsNames == 0 || kind.mayHaveDnsNames()) && (addresses == 0 || kind.mayHaveAddresses()),
        "it has host names its kind must not have");
    require(uris + hosts == all.size(), "it has names of another kind");
    require(
        kind.hasSpiffeId() == Objects.nonNull(names.spiffeId())
            && actual.equals(names.subjectAltName()),
        "its names are not those decided on");
    if (kind.hasSpiffeId()) {
      // Throws what check reports when it is none.
      Identity identity = Identity.parse(names.spiffeId());
      require(
          identity.name().equals(names.commonName())
              && names.spiffeId().length() <= LONGEST_SPIFFE_ID,
          "the SPIFFE ID is too long or not of the CN");
    }
  }

  private static long count(List<GeneralName> names, int tag) {
    return names.stream().filter(n -> n.getTagNo() == tag).count();
  }

  private static void require(boolean rule, String otherwise) throws LintException {
    if (!rule) {
      throw new LintException(otherwise);
    }
  }
}
