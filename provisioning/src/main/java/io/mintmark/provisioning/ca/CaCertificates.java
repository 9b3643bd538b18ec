package io.mintmark.provisioning.ca;

import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.Validity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Makes the certificates of CAs. Stateless. */
public final class CaCertificates {

  private static final Duration ROOT_LIFETIME = Duration.ofDays(20 * 365);
  private static final Duration ISSUING_LIFETIME = Duration.ofDays(10 * 365);

  /** A device whose clock is a day slow must still accept a chain made today. */
  private static final Duration BACKDATE = Duration.ofDays(1);

  private static final int LONGEST_ORGANIZATION = 64;
  private static final int SERIAL_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Who is certified: a name, a key and the name of the installation. */
  private record Subject(
      X500Name name, SubjectPublicKeyInfo key, byte[] keyId, GeneralNames names) {

    static Subject of(X509Certificate ca) {
      byte[] names = ca.getExtensionValue(Extension.subjectAlternativeName.getId());
      return new Subject(
          nameOf(ca),
          SubjectPublicKeyInfo.getInstance(ca.getPublicKey().getEncoded()),
          KeyIds.subject(ca),
          names == null
              ? null
              : GeneralNames.getInstance(ASN1OctetString.getInstance(names).getOctets()));
    }
  }

  private CaCertificates() {}

  /** A self-signed root. Without a path length: it may later sign more than one level. */
  public static X509Certificate root(TrustDomain trustDomain, CaKey key, Instant now) {
    PublicKey publicKey = key.publicKey();
    X500Name name = name(trustDomain, "Mintmark root CA", publicKey);
    return sign(
        new Subject(
            name,
            SubjectPublicKeyInfo.getInstance(publicKey.getEncoded()),
            KeyIds.of(publicKey),
            names(trustDomain)),
        name,
        KeyIds.of(publicKey),
        new Validity(now.minus(BACKDATE), now.plus(ROOT_LIFETIME)),
        new BasicConstraints(true),
        List.of(),
        key.signer());
  }

  /**
   * An issuing CA below a root, which signs no further CA and does not outlive the root.
   *
   * @param request what was asked for
   * @param signer the root's key
   * @param addresses where the certificate says that its status is told
   */
  public static X509Certificate issuing(
      CaRequest request,
      X509Certificate root,
      Signer signer,
      Optional<StatusAddresses> addresses,
      Instant now) {
    SubjectPublicKeyInfo key = request.key();
    return sign(
        new Subject(request.subject(), key, KeyIds.of(key), request.names()),
        nameOf(root),
        KeyIds.subject(root),
        within(Validity.of(root), now, ISSUING_LIFETIME),
        new BasicConstraints(0),
        status(root, addresses),
        signer);
  }

  /**
   * A root's key certified by another root (RFC 4210, section 4.4): who trusts only that one follows
   * it to the root. It holds while both do.
   *
   * @param signer the other root's key
   * @param addresses as of {@link #issuing}
   */
  public static X509Certificate cross(
      X509Certificate root,
      X509Certificate by,
      Signer signer,
      Optional<StatusAddresses> addresses,
      Instant now) {
    Instant end = earlier(Validity.of(root).notAfter(), Validity.of(by).notAfter());
    return sign(
        Subject.of(root),
        nameOf(by),
        KeyIds.subject(by),
        within(new Validity(Validity.of(by).notBefore(), end), now, ROOT_LIFETIME),
        new BasicConstraints(true),
        status(by, addresses),
        signer);
  }

  /** Where a root tells of what it signed; nowhere without addresses. */
  private static List<Extension> status(X509Certificate root, Optional<StatusAddresses> addresses) {
    if (addresses.isEmpty()) {
      return List.of();
    }
    String id = KeyIds.hex(root.getPublicKey());
    try {
      return List.of(
          Extension.create(
              Extension.cRLDistributionPoints, false, addresses.get().distributionPoints(id)),
          Extension.create(
              Extension.authorityInfoAccess, false, addresses.get().certificateAccess(id)));
    } catch (IOException e) {
      throw new IllegalStateException("an extension cannot be encoded", e);
    }
  }

  /** What is kept with a key that has no certificate yet. Nobody trusts it. */
  static X509Certificate standIn(PublicKey key, Signer signer) {
    X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.CN, "not certified yet")
        .build();
    Instant epoch = Instant.EPOCH;
    return sign(
        new Subject(name, SubjectPublicKeyInfo.getInstance(key.getEncoded()), KeyIds.of(key), null),
        name,
        KeyIds.of(key),
        new Validity(epoch, epoch.plusSeconds(1)),
        new BasicConstraints(false),
        List.of(),
        signer);
  }

  /** The name of an issuing CA; the key's mark keeps those of two generations apart. */
  static X500Name issuingName(TrustDomain trustDomain, PublicKey key) {
    return name(trustDomain, "Mintmark issuing CA", key);
  }

  /** X509-SVID, section 3.1: a signing certificate's SPIFFE ID has no path. */
  static GeneralNames names(TrustDomain trustDomain) {
    return new GeneralNames(
        new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain));
  }

  private static Validity within(Validity issuer, Instant now, Duration lifetime) {
    Instant start = now.minus(BACKDATE);
    return new Validity(
        start.isBefore(issuer.notBefore()) ? issuer.notBefore() : start,
        earlier(now.plus(lifetime), issuer.notAfter()));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static X500Name nameOf(X509Certificate ca) {
    return X500Name.getInstance(ca.getSubjectX500Principal().getEncoded());
  }

  private static X509Certificate sign(
      Subject subject,
      X500Name issuer,
      byte[] issuerKeyId,
      Validity validity,
      BasicConstraints constraints,
      List<Extension> more,
      Signer signer) {
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(
        new ASN1Integer(new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1)));
    generator.setSignature(CertificateAuthority.SIGNATURE);
    generator.setIssuer(issuer);
    generator.setStartDate(CertificateAuthority.time(validity.notBefore()));
    generator.setEndDate(CertificateAuthority.time(validity.notAfter()));
    generator.setSubject(subject.name());
    generator.setSubjectPublicKeyInfo(subject.key());
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, constraints);
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(subject.keyId()));
      extensions.addExtension(
          Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(issuerKeyId));
      if (subject.names() != null) {
        extensions.addExtension(Extension.subjectAlternativeName, false, subject.names());
      }
      for (Extension extension : more) {
        extensions.addExtension(extension);
      }
      generator.setExtensions(extensions.generate());
      byte[] tbs = generator.generateTBSCertificate().getEncoded(ASN1Encoding.DER);
      return CertificateAuthority.assemble(tbs, signer.sign(tbs));
    } catch (GeneralSecurityException e) {
      throw new KeyUnavailableException("a CA's key cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("a CA certificate cannot be encoded", e);
    }
  }

  private static X500Name name(TrustDomain trustDomain, String what, PublicKey key) {
    String domain = trustDomain.name();
    String mark = HexFormat.of().formatHex(KeyIds.of(key), 0, 4);
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, domain.substring(0, Math.min(domain.length(), LONGEST_ORGANIZATION)))
        .addRDN(BCStyle.CN, what + " " + mark)
        .build();
  }
}
