package io.mintmark.provisioning.http;

import io.mintmark.provisioning.http.BadInputStage.Sending;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Requests for keys that must not be certified. */
final class BadKeys {

  private static final Random RANDOM = new Random(3);
  private static final BigInteger F4 = BigInteger.valueOf(65_537);

  private final Map<String, Sending> rows;
  private final BadInputStage stage;

  private BadKeys(Map<String, Sending> rows, BadInputStage stage) {
    this.rows = rows;
    this.stage = stage;
  }

  static void add(Map<String, Sending> rows, BadInputStage stage) {
    BadKeys bad = new BadKeys(rows, stage);
    bad.rsa();
    bad.curves();
    bad.others();
  }

  private void body(String what, byte[] body) {
    rows.put(what, () -> stage.enroll(stage.bootstrap, body));
  }

  /** What the signature says does not matter: it must not come to that. */
  private void key(String what, SubjectPublicKeyInfo key) {
    body(
        what,
        Requests.signed(stage.keys, "SHA256withECDSA", key, new X500Name("CN=d-1"), new DERSet()));
  }

  private void rsa() {
    BigInteger modulus = new BigInteger(2048, RANDOM).setBit(2047).setBit(0);
    KeyPair weak = Requests.rsa(1024);
    body("an RSA key of 1,024 bits", Requests.signed(weak, "SHA256withRSA", "CN=d-1"));
    key(
        "an RSA key of 16,384 bits",
        Requests.rsaKey(new BigInteger(16_384, RANDOM).setBit(16_383).setBit(0), F4));
    key(
        "an RSA key of 200,000 bits",
        Requests.rsaKey(new BigInteger(200_000, RANDOM).setBit(199_999).setBit(0), F4));
    key("an RSA key with exponent 1", Requests.rsaKey(modulus, BigInteger.ONE));
    key("an RSA key with exponent 3", Requests.rsaKey(modulus, BigInteger.valueOf(3)));
    key("an RSA key with an even exponent", Requests.rsaKey(modulus, F4.add(BigInteger.ONE)));
    key(
        "an RSA key with an exponent as long as the modulus",
        Requests.rsaKey(modulus, modulus.subtract(BigInteger.TWO)));
    key("an RSA key with an even modulus", Requests.rsaKey(modulus.clearBit(0), F4));
    key("an RSA key with a negative modulus", Requests.rsaKey(modulus.negate(), F4));
  }

  private void curves() {
    byte[] point = SubjectPublicKeyInfo.getInstance(stage.keys.getPublic().getEncoded())
        .getPublicKeyData()
        .getBytes();
    byte[] off = point.clone();
    off[64] ^= 1;
    p256("an EC point that is not on its curve", off);
    p256("the EC point at infinity", new byte[1]);
    byte[] compressed = new byte[33];
    System.arraycopy(point, 0, compressed, 0, 33);
    compressed[0] = (byte) (2 + (point[64] & 1));
    p256("a compressed EC point", compressed);
    body(
        "a curve of another kind (P-192)",
        Requests.signed(Requests.ec("secp192r1"), "SHA256withECDSA", "CN=d-1"));
    ec("a curve spelled out", ECNamedCurveTable.getByName("secp256r1"), point);
  }

  private void p256(String what, byte[] point) {
    ec(what, X9ObjectIdentifiers.prime256v1, point);
  }

  private void ec(String what, ASN1Encodable curve, byte[] point) {
    key(
        what,
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), point));
  }

  private void others() {
    AlgorithmIdentifier ed25519 = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    key("an Ed25519 point of small order", new SubjectPublicKeyInfo(ed25519, new byte[32]));
    key("an Ed25519 key of 31 bytes", new SubjectPublicKeyInfo(ed25519, new byte[31]));
    body("a DSA key", Requests.signed(Requests.dsa(), "SHA256withDSA", "CN=d-1"));
    key(
        "a key that cannot sign (X25519)",
        SubjectPublicKeyInfo.getInstance(Requests.generate("X25519").getPublic().getEncoded()));
  }
}
