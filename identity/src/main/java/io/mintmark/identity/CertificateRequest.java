package io.mintmark.identity;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;

/**
 * Makes PKCS#10 certification requests (RFC 2986) with the JDK alone. A request contributes a
 * public key and the proof that its sender holds the private one; who the certificate will be for
 * is decided by what authenticated the sender.
 */
public final class CertificateRequest {

  private static final String COMMON_NAME = "2.5.4.3";
  private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
  private static final String SUBJECT_ALT_NAME = "2.5.29.17";

  private CertificateRequest() {}

  /** A new P-256 key pair, the kind an operational certificate has unless its fleet says else. */
  public static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("this JDK has no P-256 keys", e);
    }
  }

  /**
   * A request for the first certificate.
   *
   * @param keys EC, RSA or Ed25519; signed with the hash that fits the key
   * @param commonName the one subject attribute; it must not contradict the sender's identity
   * @return DER
   */
  public static byte[] create(KeyPair keys, String commonName) {
    byte[] name = Der.element(
        Der.SEQUENCE,
        Der.element(
            Der.SET, Der.element(Der.SEQUENCE, Der.oid(COMMON_NAME), Der.utf8(commonName))));
    return sign(keys, name, new byte[0]);
  }

  /**
   * A request to renew a certificate: its subject and subjectAltName, byte for byte, around a new
   * key (RFC 7030, section 4.2.2).
   *
   * @return DER
   */
  public static byte[] renew(KeyPair keys, X509Certificate current) {
    byte[] san = current.getExtensionValue(SUBJECT_ALT_NAME);
    byte[] attributes = new byte[0];
    if (san != null) {
      // getExtensionValue answers the extnValue OCTET STRING itself, tag and length included.
      byte[] extension = Der.element(Der.SEQUENCE, Der.oid(SUBJECT_ALT_NAME), san);
      attributes = Der.element(
          Der.SEQUENCE,
          Der.oid(EXTENSION_REQUEST),
          Der.element(Der.SET, Der.element(Der.SEQUENCE, extension)));
    }
    return sign(keys, current.getSubjectX500Principal().getEncoded(), attributes);
  }

  private static byte[] sign(KeyPair keys, byte[] subject, byte[] attributes) {
    byte[] info = Der.element(
        Der.SEQUENCE,
        Der.integerZero(),
        subject,
        keys.getPublic().getEncoded(),
        Der.element(0xa0, attributes));
    SignatureAlgorithm algorithm = SignatureAlgorithm.of(keys.getPublic());
    try {
      Signature signer = Signature.getInstance(algorithm.jcaName());
      signer.initSign(keys.getPrivate());
      signer.update(info);
      return Der.element(Der.SEQUENCE, info, algorithm.identifier(), Der.bitString(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the key cannot sign a certification request with " + algorithm.jcaName(), e);
    }
  }

  /** How a key signs: ECDSA per RFC 5758, RSA per RFC 4055, Ed25519 per RFC 8410. */
  private record SignatureAlgorithm(String jcaName, byte[] identifier) {

    static SignatureAlgorithm of(PublicKey key) {
      return switch (key.getAlgorithm()) {
        case "EC" -> ecdsa(((ECPublicKey) key).getParams().getCurve().getField().getFieldSize());
        case "RSA" ->
          new SignatureAlgorithm(
              "SHA256withRSA",
              Der.element(Der.SEQUENCE, Der.oid("1.2.840.113549.1.1.11"), new byte[] {0x05, 0x00}));
        case "EdDSA", "Ed25519" ->
          new SignatureAlgorithm("Ed25519", Der.element(Der.SEQUENCE, Der.oid("1.3.101.112")));
        default ->
          throw new IllegalArgumentException(
              "keys of " + key.getAlgorithm() + " are not supported: use EC, RSA or Ed25519");
      };
    }

    private static SignatureAlgorithm ecdsa(int fieldSize) {
      int hash = fieldSize <= 256 ? 256 : fieldSize <= 384 ? 384 : 512;
      String oid = "1.2.840.10045.4.3." + (hash == 256 ? 2 : hash == 384 ? 3 : 4);
      return new SignatureAlgorithm(
          "SHA" + hash + "withECDSA", Der.element(Der.SEQUENCE, Der.oid(oid)));
    }
  }
}
