package io.mintmark.provisioning.ca;

import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.RevokedSerial;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.TBSCertList;
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
    byte[] list = draft(issuer, scope, number, thisUpdate, nextUpdate, entries);
    return CertificateAuthority.signed(list, signer.sign(list));
  }

  /**
   * What is signed of a CRL, for a key that is elsewhere.
   *
   * @return DER of a TBSCertList; the parameters are those of {@link #sign}
   */
  public static byte[] draft(
      X509Certificate issuer,
      Scope scope,
      long number,
      Instant thisUpdate,
      Instant nextUpdate,
      List<RevokedSerial> entries) {
    try {
      return list(issuer, scope, number, thisUpdate, nextUpdate, entries)
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a CRL cannot be encoded", e);
    }
  }

  /**
   * Signs what was drafted elsewhere, looking first that it is a list of this issuer and no
   * certificate, for example.
   *
   * @throws IllegalArgumentException if it is not
   */
  static byte[] sign(byte[] draft, X509Certificate issuer, Signer signer)
      throws GeneralSecurityException {
    TBSCertList list = TBSCertList.getInstance(draft);
    try {
      X500Name name = X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
      if (!Arrays.equals(list.getEncoded(ASN1Encoding.DER), draft)
          || !list.getIssuer().equals(name)
          || !list.getSignature().equals(CertificateAuthority.SIGNATURE)
          || list.getNextUpdate() == null) {
        throw new IllegalArgumentException("what was to be signed is no CRL of " + name);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("what was to be signed is no CRL", e);
    }
    return CertificateAuthority.signed(draft, signer.sign(draft));
  }

  private static TBSCertList list(
      X509Certificate issuer,
      Scope scope,
      long number,
      Instant thisUpdate,
      Instant nextUpdate,
      List<RevokedSerial> entries)
      throws IOException {
    V2TBSCertListGenerator list = new V2TBSCertListGenerator();
    list.setSignature(CertificateAuthority.SIGNATURE);
    list.setIssuer(X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()));
    list.setThisUpdate(CertificateAuthority.time(thisUpdate));
    list.setNextUpdate(CertificateAuthority.time(nextUpdate));
    Map<RevocationReason, Extensions> reasons = new EnumMap<>(RevocationReason.class);
    for (RevokedSerial entry : entries) {
      ASN1EncodableVector parts = new ASN1EncodableVector(3);
      parts.add(new ASN1Integer(entry.serial()));
      parts.add(time(entry.at()));
      // Section 5.3.1: unspecified is said by leaving the reason out.
      if (entry.reason() != RevocationReason.UNSPECIFIED) {
        parts.add(reasons.computeIfAbsent(entry.reason(), CrlSigner::extensions));
      }
      list.addCRLEntry(new DERSequence(parts));
    }
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId(issuer)));
    extensions.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
    extensions.addExtension(Extension.issuingDistributionPoint, true, distributionPoint(scope));
    list.setExtensions(extensions.generate());
    return list.generateTBSCertList();
  }

  /** Section 5.1.2.6, by hand: a date format for each of many entries is half of the work. */
  private static ASN1Primitive time(Instant moment) {
    ZonedDateTime utc = moment.atZone(ZoneOffset.UTC);
    boolean general = utc.getYear() >= 2050;
    StringBuilder text = new StringBuilder("YYYYMMDDHHMMSSZ".length());
    int[] pairs = {
      utc.getYear() % 100,
      utc.getMonthValue(),
      utc.getDayOfMonth(),
      utc.getHour(),
      utc.getMinute(),
      utc.getSecond()
    };
    if (general) {
      text.append(utc.getYear() / 100);
    }
    for (int pair : pairs) {
      text.append((char) ('0' + pair / 10)).append((char) ('0' + pair % 10));
    }
    text.append('Z');
    return general ? new DERGeneralizedTime(text.toString()) : new DERUTCTime(text.toString());
  }

  private static Extensions extensions(RevocationReason reason) {
    try {
      return new Extensions(new Extension(
          Extension.reasonCode, false, CRLReason.lookup(reason.code()).getEncoded()));
    } catch (IOException e) {
      throw new IllegalStateException("a reason cannot be encoded", e);
    }
  }

  /**
   * Section 5.2.5. Without the name of a distribution point: with one, the CRL would be out of scope
   * for certificates that name none or, from before the public address changed, another.
   */
  private static IssuingDistributionPoint distributionPoint(Scope scope) {
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
