package io.mintmark.provisioning.ca;

import io.mintmark.identity.Validity;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.TBSCertificate;

/**
 * Reads a to-be-signed certificate back from its bytes and holds it to the rules, whoever built it.
 * A builder's mistake is found here, before the signature, not by a device in the field.
 * Thread-safe.
 */
final class Lint {

  private static final int SHORTEST_SERIAL = 64;
  private static final int LONGEST_SERIAL = 159;

  private static final Set<ASN1ObjectIdentifier> EXTENSIONS = Set.of(
      Extension.authorityKeyIdentifier,
      Extension.subjectKeyIdentifier,
      Extension.keyUsage,
      Extension.extendedKeyUsage,
      Extension.subjectAlternativeName);

  private final X500Name issuerName;
  private final byte[] issuerKeyId;
  private final Validity issuerValidity;

  Lint(X509Certificate issuer) {
    this.issuerName = X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
    this.issuerKeyId = KeyIds.of(issuer.getPublicKey());
    this.issuerValidity = Validity.of(issuer);
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
      Validity validity = new Validity(
          tbs.getStartDate().getDate().toInstant(), tbs.getEndDate().getDate().toInstant());
      checkFrame(tbs);
      checkValidity(validity, profile);
      // X500Name.equals would not tell upper from lower case.
      require(
          Arrays.equals(tbs.getSubject().getEncoded(), names.subject().getEncoded()),
          "the subject is not CN and its name alone");
      checkExtensions(tbs, profile, names);
      return new Permit(toBeSigned, tbs.getSerialNumber().getPositiveValue(), validity);
    } catch (IllegalArgumentException | IOException e) {
      throw new LintException("it cannot be read back: " + e.getMessage());
    }
  }

  /** RFC 5280, section 4.1. */
  private void checkFrame(TBSCertificate tbs) throws LintException {
    require(tbs.getVersionNumber() == 3, "it is not of version 3");
    int bits = tbs.getSerialNumber().getValue().bitLength();
    require(
        tbs.getSerialNumber().getValue().signum() > 0
            && bits >= SHORTEST_SERIAL
            && bits <= LONGEST_SERIAL,
        "the serial number is not a positive one of 64 to 159 bits");
    require(tbs.getSignature().equals(CertificateAuthority.SIGNATURE), "the algorithm is not ours");
    require(tbs.getIssuer().equals(issuerName), "the issuer is not our issuing CA");
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

  private void checkExtensions(TBSCertificate tbs, CertificateProfile profile, CertifiedNames names)
      throws LintException {
    Extensions extensions = tbs.getExtensions();
    require(extensions != null, "it has no extensions");
    Set<ASN1ObjectIdentifier> present = new HashSet<>(Arrays.asList(extensions.getExtensionOIDs()));
    // Among the extensions it must not have is basicConstraints: no CA bit, ever.
    require(present.equals(EXTENSIONS), "its extensions are not exactly the profile's");
    for (ASN1ObjectIdentifier id : EXTENSIONS) {
      boolean critical = extensions.getExtension(id).isCritical();
      require(critical == id.equals(Extension.keyUsage), "only keyUsage is critical, and is");
    }
    require(
        KeyUsage.fromExtensions(extensions).equals(new KeyUsage(KeyUsage.digitalSignature)),
        "keyUsage is not digitalSignature alone");
    require(
        List.of(ExtendedKeyUsage.fromExtensions(extensions).getUsages())
            .equals(profile.kind().purposes()),
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
    checkNames(
        GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName),
        profile.kind(),
        names);
  }

  /** X509-SVID, section 2: exactly one URI SAN. */
  private static void checkNames(
      GeneralNames actual, CertificateProfile.Kind kind, CertifiedNames names)
      throws LintException {
    List<GeneralName> all = List.of(actual.getNames());
    long uris = count(all, GeneralName.uniformResourceIdentifier);
    long hosts = count(all, GeneralName.dNSName) + count(all, GeneralName.iPAddress);
    require(uris == (kind.hasSpiffeId() ? 1 : 0), "it has " + uris + " URI names");
    require(kind.hasHosts() == hosts > 0, "it has " + hosts + " host names");
    require(uris + hosts == all.size(), "it has names of another kind");
    require(
        kind.hasSpiffeId() == Objects.nonNull(names.spiffeId())
            && actual.equals(names.subjectAltName()),
        "its names are not those decided on");
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
