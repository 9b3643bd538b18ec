package io.mintmark.provisioning.ca;

import io.mintmark.identity.Credential;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
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
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Makes the two CA certificates of a new installation. */
final class CaCertificates {

  private static final Duration ROOT_LIFETIME = Duration.ofDays(20 * 365);
  private static final Duration ISSUING_LIFETIME = Duration.ofDays(10 * 365);

  /** A device whose clock is a day slow must still accept a chain made today. */
  private static final Duration BACKDATE = Duration.ofDays(1);

  private static final int LONGEST_ORGANIZATION = 64;
  private static final int SERIAL_BITS = 127;

  private final TrustDomain trustDomain;
  private final Instant now;
  private final SecureRandom random = new SecureRandom();

  CaCertificates(TrustDomain trustDomain, Instant now) {
    this.trustDomain = trustDomain;
    this.now = now;
  }

  /** The self-signed root. Without a path length: it may later sign more than one level. */
  X509Certificate root(KeyPair keys) {
    X500Name name = name("Mintmark root CA", keys.getPublic());
    return sign(
        tbs(
            name,
            name,
            keys.getPublic(),
            keys.getPublic(),
            ROOT_LIFETIME,
            new BasicConstraints(true)),
        keys.getPrivate());
  }

  /** The issuing CA below it, which signs no further CA. */
  X509Certificate issuing(PublicKey key, Credential root) {
    X500Name issuer =
        X500Name.getInstance(root.certificate().getSubjectX500Principal().getEncoded());
    return sign(
        tbs(
            issuer,
            name("Mintmark issuing CA", key),
            key,
            root.certificate().getPublicKey(),
            ISSUING_LIFETIME,
            new BasicConstraints(0)),
        root.key());
  }

  private TBSCertificate tbs(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      PublicKey issuerKey,
      Duration lifetime,
      BasicConstraints constraints) {
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(
        new ASN1Integer(new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1)));
    tbs.setSignature(CertificateAuthority.SIGNATURE);
    tbs.setIssuer(issuer);
    tbs.setStartDate(CertificateAuthority.time(now.minus(BACKDATE)));
    tbs.setEndDate(CertificateAuthority.time(now.plus(lifetime)));
    tbs.setSubject(subject);
    tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, constraints);
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIds.of(key)));
      extensions.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(KeyIds.of(issuerKey)));
      // X509-SVID, section 3.1: a signing certificate's SPIFFE ID has no path.
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain)));
      tbs.setExtensions(extensions.generate());
    } catch (IOException e) {
      throw new IllegalStateException("an extension cannot be encoded", e);
    }
    return tbs.generateTBSCertificate();
  }

  private static X509Certificate sign(TBSCertificate tbs, PrivateKey key) {
    try {
      byte[] signed = tbs.getEncoded(ASN1Encoding.DER);
      return CertificateAuthority.assemble(signed, Signer.of(key).sign(signed));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a CA certificate cannot be signed", e);
    }
  }

  /** The key's mark keeps the names of two installations, or of two generations, apart. */
  private X500Name name(String what, PublicKey key) {
    String domain = trustDomain.name();
    String mark = HexFormat.of().formatHex(KeyIds.of(key), 0, 4);
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, domain.substring(0, Math.min(domain.length(), LONGEST_ORGANIZATION)))
        .addRDN(BCStyle.CN, what + " " + mark)
        .build();
  }
}
