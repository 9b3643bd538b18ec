package io.mintmark.provisioning.ocsp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Tells whether a request means this issuer. Immutable. */
public final class IssuerHashes {

  /** SHA-1 is what RFC 5019 and nearly every client use, and here it only looks something up. */
  private static final Map<ASN1ObjectIdentifier, String> ALGORITHMS = Map.of(
      OIWObjectIdentifiers.idSHA1, "SHA-1",
      NISTObjectIdentifiers.id_sha256, "SHA-256");

  private record Pair(byte[] name, byte[] key) {}

  private final Map<ASN1ObjectIdentifier, Pair> hashes = new HashMap<>();

  /** The hashes of an issuer. */
  public IssuerHashes(X509Certificate issuer) {
    byte[] name = issuer.getSubjectX500Principal().getEncoded();
    byte[] key = keyBits(issuer);
    ALGORITHMS.forEach((id, algorithm) ->
        hashes.put(id, new Pair(digest(algorithm, name), digest(algorithm, key))));
  }

  /** Whether both hashes are this issuer's, by an algorithm we know. */
  public boolean isMeantBy(CertificateId question) {
    Pair own = hashes.get(question.asn1().getHashAlgorithm().getAlgorithm());
    return own != null
        && Arrays.equals(own.key, question.asn1().getIssuerKeyHash().getOctets())
        && Arrays.equals(own.name, question.asn1().getIssuerNameHash().getOctets());
  }

  /** RFC 6960, section 4.2.1: KeyHash, SHA-1 of the key's BIT STRING without tag and length. */
  static byte[] keyHash(X509Certificate certificate) {
    return digest("SHA-1", keyBits(certificate));
  }

  private static byte[] keyBits(X509Certificate certificate) {
    return SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded())
        .getPublicKeyData()
        .getOctets();
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    }
  }
}
