package io.mintmark.provisioning;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.InvalidParameterSpecException;
import java.util.List;

/** Which public keys may be certified. Thread-safe: it keeps nothing that changes. */
public final class KeyPolicy {

  private static final String REMEDY =
      "use EC P-256 (or P-384, P-521), RSA of 2048 bits or more, or Ed25519";
  private static final int SHORTEST_RSA = 2048;

  /** Beyond this a verification costs us more than it gives. */
  private static final int LONGEST_RSA = 8192;

  private static final BigInteger SMALLEST_RSA_EXPONENT = BigInteger.valueOf(65_537);
  private static final int LONGEST_RSA_EXPONENT = 64;

  private static final List<ECParameterSpec> CURVES =
      List.of(curve("secp256r1"), curve("secp384r1"), curve("secp521r1"));

  private KeyPolicy() {}

  /**
   * Checks one key.
   *
   * @throws Refusal INVALID if the key is weak or of a kind that is not certified
   */
  public static void check(PublicKey key) throws Refusal {
    String fault = fault(key);
    if (fault != null) {
      throw new Refusal(Refusal.Kind.INVALID, fault + ": " + REMEDY);
    }
  }

  /**
   * What is wrong with the key of a certificate that is to open enrolment: who can work out a weak
   * one could enrol in a device's place.
   *
   * @return the rest of a sentence that begins with the certificate; null if nothing is wrong
   */
  static String certificateFault(X509Certificate certificate) {
    String fault = fault(certificate.getPublicKey());
    return fault == null ? null : "has a key that is not accepted: " + fault + ": " + REMEDY;
  }

  private static String fault(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return rsaFault(rsa);
    }
    if (key instanceof ECPublicKey ec) {
      return ecFault(ec);
    }
    if (key instanceof EdECPublicKey ed) {
      String name = ed.getParams().getName();
      return name.equals("Ed25519") ? null : "keys of " + name + " are not certified";
    }
    return "keys of " + key.getAlgorithm() + " are not certified";
  }

  private static String rsaFault(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    if (bits < SHORTEST_RSA) {
      return "an RSA key of " + bits + " bits is too weak";
    }
    if (bits > LONGEST_RSA) {
      return "an RSA key of " + bits + " bits is longer than the " + LONGEST_RSA + " accepted";
    }
    BigInteger exponent = key.getPublicExponent();
    if (!exponent.testBit(0)
        || exponent.compareTo(SMALLEST_RSA_EXPONENT) < 0
        || exponent.bitLength() > LONGEST_RSA_EXPONENT) {
      return "an RSA key whose public exponent is not odd, or below 65537, is not certified";
    }
    return key.getModulus().testBit(0) ? null : "an RSA key with an even modulus is broken";
  }

  private static String ecFault(ECPublicKey key) {
    ECParameterSpec params = key.getParams();
    if (CURVES.stream().noneMatch(known -> same(known, params))) {
      return "an EC key of "
          + params.getCurve().getField().getFieldSize()
          + " bits on another curve than P-256, P-384 or P-521 is not certified";
    }
    return isOnCurve(key.getW(), params.getCurve())
        ? null
        : "the EC key is not a point of its curve";
  }

  private static boolean same(ECParameterSpec a, ECParameterSpec b) {
    return a.getCurve().equals(b.getCurve())
        && a.getGenerator().equals(b.getGenerator())
        && a.getOrder().equals(b.getOrder())
        && a.getCofactor() == b.getCofactor();
  }

  /** y^2 = x^3 + ax + b; decoding a key does not check it. */
  private static boolean isOnCurve(ECPoint point, EllipticCurve curve) {
    if (point.equals(ECPoint.POINT_INFINITY)) {
      return false;
    }
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right =
        x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
    return y.multiply(y).mod(p).equals(right);
  }

  private static ECParameterSpec curve(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (InvalidParameterSpecException e) {
      throw new IllegalStateException("this JDK has no " + name, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no EC keys", e);
    }
  }
}
