package io.mintmark.provisioning.ca;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Key identifiers by RFC 7093, section 2, method 1: 160 bits of SHA-256 instead of SHA-1. A CA
 * certificate somebody else made may name its key otherwise; what it signs then has to as well.
 */
public final class KeyIds {

  private static final int BYTES = 20;

  private KeyIds() {}

  /** A key's identifier in lower-case hex: the id of its {@link io.mintmark.provisioning.Issuer}. */
  public static String hex(PublicKey key) {
    return HexFormat.of().formatHex(of(key));
  }

  static byte[] of(PublicKey key) {
    return of(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }

  static byte[] of(SubjectPublicKeyInfo key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getPublicKeyData().getOctets());
      return Arrays.copyOf(hash, BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** How a CA's certificate names its key (RFC 5280, section 4.2.1.2); by our method without that. */
  public static byte[] subject(X509Certificate ca) {
    byte[] extension = ca.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    return extension == null ? of(ca.getPublicKey()) : octets(octets(extension));
  }

  /** What a certificate calls its issuer's key (section 4.2.1.1); null if it does not. */
  static byte[] authority(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(Extension.authorityKeyIdentifier.getId());
    return extension == null
        ? null
        : AuthorityKeyIdentifier.getInstance(octets(extension)).getKeyIdentifierOctets();
  }

  private static byte[] octets(byte[] der) {
    return ASN1OctetString.getInstance(der).getOctets();
  }
}
