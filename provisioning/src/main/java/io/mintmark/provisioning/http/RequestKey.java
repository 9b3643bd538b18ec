package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Turns a SubjectPublicKeyInfo from a stranger into a key, in the order that keeps the stranger from
 * costing us anything: kind and size first, arithmetic after. Which of the kinds are strong enough
 * to be certified is {@link io.mintmark.provisioning.KeyPolicy}'s to say; here only what must not
 * even be computed with is refused.
 */
final class RequestKey {

  /** An 8192 bit verification costs about a millisecond; beyond it is no honest device. */
  private static final int LARGEST_RSA_BITS = 8192;

  /** Verifying costs one squaring per bit of the exponent; everybody uses 65537. */
  private static final int LARGEST_EXPONENT_BITS = 64;

  private static final Map<ASN1ObjectIdentifier, String> CURVES = Map.of(
      X9ObjectIdentifiers.prime256v1, "P-256",
      SECObjectIdentifiers.secp384r1, "P-384",
      SECObjectIdentifiers.secp521r1, "P-521");

  private RequestKey() {}

  /**
   * The key.
   *
   * @throws Refusal INVALID if it is of an unknown kind, of another curve, too long, or not a point
   *     of its curve
   */
  static PublicKey of(SubjectPublicKeyInfo info) throws Refusal, IOException {
    ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return ellipticCurve(info);
    }
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return rsa(info);
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return decode("Ed25519", info);
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

  private static PublicKey ellipticCurve(SubjectPublicKeyInfo info) throws Refusal, IOException {
    // RFC 5480, section 2.1.1: named curves only; a curve spelled out could be a weak one.
    boolean named = info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier;
    if (!named || !CURVES.containsKey((ASN1ObjectIdentifier) info.getAlgorithm().getParameters())) {
      throw invalid("the EC key is on curve "
          + (named ? info.getAlgorithm().getParameters() : "parameters of its own")
          + ", which is not certified: use P-256, P-384 or P-521");
    }
    ECPublicKey key = (ECPublicKey) decode("EC", info);
    requireOnCurve(key.getW(), key.getParams().getCurve());
    return key;
  }

  /** Our curves have cofactor 1, so a point of the curve is a point of the right order. */
  private static void requireOnCurve(ECPoint point, EllipticCurve curve) throws Refusal {
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    boolean reduced =
        x != null && x.signum() >= 0 && y.signum() >= 0 && x.compareTo(p) < 0 && y.compareTo(p) < 0;
    if (!reduced
        || !y.multiply(y)
            .mod(p)
            .equals(
                x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p))) {
      throw invalid("the EC key is not a point of its curve");
    }
  }

  private static PublicKey rsa(SubjectPublicKeyInfo info) throws Refusal, IOException {
    RSAPublicKey numbers = RSAPublicKey.getInstance(info.parsePublicKey());
    int bits = numbers.getModulus().bitLength();
    if (numbers.getModulus().signum() <= 0 || bits > LARGEST_RSA_BITS) {
      throw invalid("the RSA key has " + bits + " bits: use 2048 to 4096");
    }
    BigInteger exponent = numbers.getPublicExponent();
    if (exponent.signum() <= 0 || exponent.bitLength() > LARGEST_EXPONENT_BITS) {
      throw invalid("the RSA key's public exponent is longer than "
          + LARGEST_EXPONENT_BITS
          + " bits: use 65537");
    }
    return decode("RSA", info);
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
