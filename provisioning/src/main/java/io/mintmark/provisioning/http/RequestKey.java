package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Turns a SubjectPublicKeyInfo from a stranger into a key without computing anything with it; {@link
 * io.mintmark.provisioning.KeyPolicy} then looks at its size and its point, and only after that is
 * a signature verified.
 */
final class RequestKey {

  private static final Set<ASN1ObjectIdentifier> CURVES = Set.of(
      X9ObjectIdentifiers.prime256v1,
      SECObjectIdentifiers.secp384r1,
      SECObjectIdentifiers.secp521r1);

  private static final byte UNCOMPRESSED = 4;

  /** The field of Ed25519 (RFC 8032, section 5.1). */
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  /** One of the two y of the points of order 8; the other is its negative. */
  private static final BigInteger ORDER_8 =
      new BigInteger("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16);

  /** The y of every point whose order divides 8: anybody can sign for such a key. */
  private static final Set<BigInteger> SMALL_ORDER = Set.of(
      BigInteger.ZERO, BigInteger.ONE, P.subtract(BigInteger.ONE), ORDER_8, P.subtract(ORDER_8));

  private RequestKey() {}

  /**
   * The key.
   *
   * @throws Refusal INVALID if it is of an unknown kind or another curve, or cannot be read
   */
  static PublicKey of(SubjectPublicKeyInfo info) throws Refusal, IOException {
    ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      requireNamedCurve(info.getAlgorithm().getParameters());
      requireUncompressed(info.getPublicKeyData().getBytes());
      return decode("EC", info);
    }
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      // RFC 3279, section 2.3.1; the encoding goes into the certificate as it is.
      if (!DERNull.INSTANCE.equals(info.getAlgorithm().getParameters())) {
        throw invalid("the RSA key's algorithm has other parameters than NULL");
      }
      RSAPublicKey key = (RSAPublicKey) decode("RSA", info);
      requireCanonical(key, info.getPublicKeyData().getBytes());
      return key;
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      if (info.getAlgorithm().getParameters() != null) {
        throw invalid("the Ed25519 key's algorithm has parameters: RFC 8410 has none");
      }
      PublicKey key = decode("Ed25519", info);
      requireLargeOrder((EdECPublicKey) key);
      return key;
    }
    throw invalid("keys of algorithm "
        + algorithm
        + " are not certified: use EC (P-256, P-384, P-521), RSA or Ed25519");
  }

  /** The kind of a key in the words of {@link #of}; JCA names Ed25519 differently by provider. */
  static String family(PublicKey key) {
    String algorithm = key.getAlgorithm();
    return algorithm.equals("EdDSA") ? "Ed25519" : algorithm;
  }

  /** RFC 5480, section 2.1.1: a curve spelled out could be a weak one. */
  private static void requireNamedCurve(ASN1Encodable parameters) throws Refusal {
    if (!(parameters instanceof ASN1ObjectIdentifier name)) {
      throw invalid("the EC key has parameters of its own: use P-256, P-384 or P-521 by name");
    }
    if (!CURVES.contains(name)) {
      throw invalid(
          "the EC key is on curve " + name + ", which is not certified: use P-256, P-384 or P-521");
    }
  }

  /** Providers differ on compressed points, which RFC 5480, section 2.2, leaves optional. */
  private static void requireUncompressed(byte[] point) throws Refusal {
    if (point.length == 0 || point[0] != UNCOMPRESSED) {
      throw invalid("the EC key is not an uncompressed point: encode it as 04, x and y");
    }
  }

  /** The JDK reads a negative modulus as a positive one; others would not. */
  private static void requireCanonical(RSAPublicKey key, byte[] encoded)
      throws Refusal, IOException {
    byte[] canonical = new org.bouncycastle.asn1.pkcs.RSAPublicKey(
            key.getModulus(), key.getPublicExponent())
        .getEncoded(ASN1Encoding.DER);
    if (!Arrays.equals(encoded, canonical)) {
      throw invalid("the RSA key is not two positive integers in DER");
    }
  }

  private static void requireLargeOrder(EdECPublicKey key) throws Refusal {
    if (SMALL_ORDER.contains(key.getPoint().getY().mod(P))) {
      throw invalid("the Ed25519 key is a point of small order: make a new key");
    }
  }

  private static PublicKey decode(String algorithm, SubjectPublicKeyInfo info)
      throws Refusal, IOException {
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePublic(new X509EncodedKeySpec(info.getEncoded(ASN1Encoding.DER)));
    } catch (GeneralSecurityException e) {
      throw invalid("the " + algorithm + " key in the request cannot be read");
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(Refusal.Kind.INVALID, message);
  }
}
