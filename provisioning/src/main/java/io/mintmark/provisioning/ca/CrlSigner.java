package io.mintmark.provisioning.ca;

import io.mintmark.provisioning.RevokedSerial;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.TBSCertList;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;

/**
 * Builds and signs the CRLs of one issuer (RFC 5280, section 5): complete ones, of version 2.
 * Thread-safe if its signer is.
 */
public final class CrlSigner {

  /** Which of an issuer's certificates its CRL is about: all it ever issues are of one kind. */
  public enum Scope {
    /** An issuing CA's: those of devices, applications, brokers and services. */
    END_ENTITIES,
    /** A root's: those of CAs. */
    AUTHORITIES
  }

  private final X509Certificate issuer;
  private final Scope scope;
  private final Signer signer;

  /**
   * The CRLs of an issuer.
   *
   * @param signer its key
   */
  public CrlSigner(X509Certificate issuer, Scope scope, Signer signer) {
    this.issuer = issuer;
    this.scope = scope;
    this.signer = signer;
  }

  /**
   * Builds and signs one CRL.
   *
   * @param number larger than that of any CRL of the issuer before
   * @param thisUpdate from when on it holds, whole seconds
   * @param nextUpdate when the next one is there at the latest
   * @return DER
   * @throws GeneralSecurityException if the key cannot be used now
   */
  public byte[] sign(
      long number, Instant thisUpdate, Instant nextUpdate, List<RevokedSerial> entries)
      throws GeneralSecurityException {
    try {
      TBSCertList list = list(number, thisUpdate, nextUpdate, entries);
      byte[] signature = signer.sign(list.getEncoded(ASN1Encoding.DER));
      return new DERSequence(
              new ASN1Encodable[] {list, CertificateAuthority.SIGNATURE, new DERBitString(signature)
              })
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a CRL cannot be encoded", e);
    }
  }

  private TBSCertList list(
      long number, Instant thisUpdate, Instant nextUpdate, List<RevokedSerial> entries)
      throws IOException {
    V2TBSCertListGenerator list = new V2TBSCertListGenerator();
    list.setSignature(CertificateAuthority.SIGNATURE);
    list.setIssuer(X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()));
    list.setThisUpdate(CertificateAuthority.time(thisUpdate));
    list.setNextUpdate(CertificateAuthority.time(nextUpdate));
    for (RevokedSerial entry : entries) {
      Time at = CertificateAuthority.time(entry.at());
      // Section 5.3.1: unspecified is said by leaving the reason out, which code 0 does here.
      list.addCRLEntry(new ASN1Integer(entry.serial()), at, entry.reason().code());
    }
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId(issuer)));
    extensions.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
    extensions.addExtension(Extension.issuingDistributionPoint, true, distributionPoint());
    list.setExtensions(extensions.generate());
    return list.generateTBSCertList();
  }

  /**
   * Section 5.2.5. Without the name of a distribution point: with one, the CRL would be out of scope
   * for certificates that name none or, from before the public address changed, another.
   */
  private IssuingDistributionPoint distributionPoint() {
    return new IssuingDistributionPoint(
        null, scope == Scope.END_ENTITIES, scope == Scope.AUTHORITIES, null, false, false);
  }

  /** As the issuer's certificate says; one by somebody else need not have it made as we do. */
  private static byte[] keyId(X509Certificate issuer) {
    byte[] extension = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    return extension == null
        ? KeyIds.of(issuer.getPublicKey())
        : SubjectKeyIdentifier.getInstance(
                ASN1OctetString.getInstance(extension).getOctets())
            .getKeyIdentifier();
  }
}
