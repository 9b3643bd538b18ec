package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPolicyTest {

  private static PublicKey ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair().getPublic();
  }

  private static PublicKey rsa(BigInteger modulus, BigInteger exponent) throws Exception {
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
  void acceptsTheCommonCurves(String curve) {
    assertThatCode(() -> KeyPolicy.check(ec(curve))).doesNotThrowAnyException();
  }

  @Test
  void acceptsRsaOf2048BitsAndEd25519() {
    assertThatCode(() -> KeyPolicy.check(
            rsa(BigInteger.ONE.shiftLeft(2047).setBit(0), BigInteger.valueOf(65_537))))
        .doesNotThrowAnyException();
    assertThatCode(() -> KeyPolicy.check(
            KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic()))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2047})
  void refusesShortRsaKeys(int bits) throws Exception {
    PublicKey key = rsa(BigInteger.ONE.shiftLeft(bits - 1).setBit(0), BigInteger.valueOf(65_537));

    assertRefused(
        Refusal.Kind.INVALID,
        "an RSA key of " + bits + " bits is too weak: use",
        () -> KeyPolicy.check(key));
  }

  @Test
  void refusesOtherwiseBrokenRsaKeys() throws Exception {
    BigInteger good = BigInteger.ONE.shiftLeft(2047).setBit(0);
    BigInteger exponent = BigInteger.valueOf(65_537);

    assertRefused(
        Refusal.Kind.INVALID,
        "longer than the 8192",
        () -> KeyPolicy.check(rsa(BigInteger.ONE.shiftLeft(8192).setBit(0), exponent)));
    assertRefused(
        Refusal.Kind.INVALID,
        "public exponent",
        () -> KeyPolicy.check(rsa(good, BigInteger.valueOf(3))));
    assertRefused(
        Refusal.Kind.INVALID,
        "public exponent",
        () -> KeyPolicy.check(rsa(good, BigInteger.valueOf(65_538))));
    assertRefused(
        Refusal.Kind.INVALID,
        "even modulus",
        () -> KeyPolicy.check(rsa(good.clearBit(0), exponent)));
  }

  /** The JDK may not even decode a key on P-192; what it does decode the policy refuses. */
  @ParameterizedTest
  @ValueSource(strings = {"secp192r1", "secp224r1", "secp256k1"})
  void refusesOtherCurves(String name) {
    X9ECParameters curve = SECNamedCurves.getByName(name);
    ASN1ObjectIdentifier id = SECNamedCurves.getOID(name);

    assertThatThrownBy(() -> KeyPolicy.check(KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, id),
                    curve.getG().getEncoded(false))
                .getEncoded()))))
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(GeneralSecurityException.class),
            e ->
                assertThat(e).isInstanceOf(Refusal.class).hasMessageContaining("on another curve"));
  }

  @Test
  void refusesAPointThatIsNotOnItsCurve() throws Exception {
    ECPublicKey good = (ECPublicKey) ec("secp256r1");
    ECPoint off = new ECPoint(good.getW().getAffineX().flipBit(0), good.getW().getAffineY());
    PublicKey key = new FixedKey(good, off);

    assertRefused(
        Refusal.Kind.INVALID, "the EC key is not a point of its curve", () -> KeyPolicy.check(key));
  }

  @Test
  void refusesOtherKinds() throws Exception {
    PublicKey dsa = KeyFactory.getInstance("X25519")
        .generatePublic(new X509EncodedKeySpec(
            HexFormat.of().parseHex("302a300506032b656e032100" + "09" + "00".repeat(31))));

    assertRefused(Refusal.Kind.INVALID, "are not certified", () -> KeyPolicy.check(dsa));
    assertRefused(
        Refusal.Kind.INVALID,
        "are not certified",
        () -> KeyPolicy.check(
            KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPublic()));
  }

  /** A decoded key of another provider, which may check less than SunEC. */
  private static final class FixedKey implements ECPublicKey {
    private static final long serialVersionUID = 1L;
    private final transient ECPublicKeySpec spec;

    FixedKey(ECPublicKey of, ECPoint point) {
      spec = new ECPublicKeySpec(point, of.getParams());
    }

    @Override
    public ECPoint getW() {
      return spec.getW();
    }

    @Override
    public ECParameterSpec getParams() {
      return spec.getParams();
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "X.509";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }
}
