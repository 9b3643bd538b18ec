package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.SigningRequest;
import io.mintmark.provisioning.TestKeys;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningRequestDecoderTest {

  private static final KeyPair KEYS = CertificateRequest.newKeyPair();
  private static final byte[] DER = CertificateRequest.create(KEYS, "d-1");

  private static String refusal(byte[] body) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> SigningRequestDecoder.decode(body));
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID);
    assertThat(refusal.getMessage()).hasLineCount(1).matches("[ -~]+");
    return refusal.getMessage();
  }

  @Test
  void readsEveryFormClientsSend() throws Exception {
    String base64 = Base64.getEncoder().encodeToString(DER);
    for (byte[] body : new byte[][] {
      DER,
      base64.getBytes(US_ASCII),
      (base64 + "\n").getBytes(US_ASCII),
      Base64.getMimeEncoder().encode(DER),
      Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(DER),
      ("\r\n  " + base64).getBytes(US_ASCII),
      Pem.encode("CERTIFICATE REQUEST", DER).getBytes(US_ASCII),
      Pem.encode("NEW CERTIFICATE REQUEST", DER).replace("\n", "\r\n").getBytes(US_ASCII),
      ("Certificate Request:\n    Data:\n" + Pem.encode("CERTIFICATE REQUEST", DER))
          .getBytes(US_ASCII),
    }) {
      SigningRequest request = SigningRequestDecoder.decode(body);
      assertThat(request.publicKey()).isEqualTo(KEYS.getPublic());
      assertThat(new X500Name("CN=d-1").getEncoded()).isEqualTo(request.subject());
      assertThat(request.subjectAltName()).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1,SHA256withECDSA",
    "secp256r1,SHA512withECDSA",
    "secp384r1,SHA384withECDSA",
    "secp521r1,SHA512withECDSA"
  })
  void acceptsTheCurves(String curve, String algorithm) throws Exception {
    KeyPair keys = Requests.ec(curve);
    SigningRequest request = SigningRequestDecoder.decode(Requests.signed(keys, algorithm, "CN=d"));
    assertThat(request.publicKey().getEncoded()).isEqualTo(keys.getPublic().getEncoded());
  }

  @Test
  void acceptsRsaAndEd25519() throws Exception {
    KeyPair rsa = Requests.rsa(2048);
    for (String algorithm : new String[] {"SHA256withRSA", "SHA384withRSA", "SHA512withRSA"}) {
      assertThat(SigningRequestDecoder.decode(Requests.signed(rsa, algorithm, "CN=d"))
              .publicKey()
              .getEncoded())
          .isEqualTo(rsa.getPublic().getEncoded());
    }
    KeyPair ed = Requests.generate("Ed25519");
    assertThat(SigningRequestDecoder.decode(Requests.signed(ed, "Ed25519", "CN=d"))
            .publicKey()
            .getEncoded())
        .isEqualTo(ed.getPublic().getEncoded());
  }

  @ParameterizedTest
  @CsvSource({"SHA-256,32", "SHA-384,48", "SHA-512,64", "SHA-256,0", "SHA-256,222"})
  void acceptsRsaPss(String hash, int salt) throws Exception {
    KeyPair rsa = TestKeys.of("rsa-2048");
    assertThat(SigningRequestDecoder.decode(Requests.pss(rsa, hash, hash, salt)).publicKey())
        .isEqualTo(rsa.getPublic());
    byte[] damaged = Requests.pss(rsa, hash, hash, salt);
    damaged[damaged.length - 1] ^= 1;
    assertThat(refusal(damaged)).contains("signature was not made by the key");
  }

  @Test
  void refusesOtherRsaPss() {
    KeyPair rsa = TestKeys.of("rsa-2048");
    assertThat(refusal(Requests.pss(rsa, "SHA-1", "SHA-1", 20)))
        .contains("uses hash 1.3.14.3.2.26");
    assertThat(refusal(Requests.pss(rsa, "SHA-256", "SHA-1", 32))).contains("its own hash");
    ASN1ObjectIdentifier id = PKCSObjectIdentifiers.id_RSASSA_PSS;
    AlgorithmIdentifier sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
    AlgorithmIdentifier mgf1 = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, sha256);
    for (long salt : new long[] {479, -1, Long.MAX_VALUE}) {
      assertThat(refusal(Requests.signedAs(
              rsa,
              new AlgorithmIdentifier(
                  id,
                  new RSASSAPSSparams(
                      sha256,
                      mgf1,
                      new ASN1Integer(salt),
                      RSASSAPSSparams.DEFAULT_TRAILER_FIELD)))))
          .contains("salt");
    }
    assertThat(refusal(Requests.signedAs(rsa, new AlgorithmIdentifier(id))))
        .contains("has no parameters");
    assertThat(refusal(Requests.signedAs(rsa, new AlgorithmIdentifier(id, new RSASSAPSSparams()))))
        .as("the defaults are SHA-1")
        .contains("uses hash");
    assertThat(refusal(Requests.signedAs(
            rsa,
            new AlgorithmIdentifier(
                id, new RSASSAPSSparams(sha256, mgf1, new ASN1Integer(32), new ASN1Integer(2))))))
        .contains("trailer");
    assertThat(refusal(Requests.signedAs(rsa, new AlgorithmIdentifier(id, sha256))))
        .contains("well-formed");
    KeyPair ec = CertificateRequest.newKeyPair();
    assertThat(refusal(Requests.signedAs(
            ec,
            new AlgorithmIdentifier(
                id,
                new RSASSAPSSparams(
                    sha256, mgf1, new ASN1Integer(32), RSASSAPSSparams.DEFAULT_TRAILER_FIELD)))))
        .contains("sign it with its own key");
  }

  @Test
  void keepsTheNamesAsEncodedForRenewal() throws Exception {
    HeldCertificate current = HeldCertificate.builder()
        .commonName("d-1")
        .uri("spiffe://example.org/fleet/f/device/d-1")
        .build();
    SigningRequest request =
        SigningRequestDecoder.decode(CertificateRequest.renew(KEYS, current.certificate()));
    assertThat(request.subject())
        .isEqualTo(current.certificate().getSubjectX500Principal().getEncoded());
    assertThat(new DEROctetString(request.subjectAltName()).getEncoded())
        .isEqualTo(current.certificate().getExtensionValue("2.5.29.17"));
  }

  @Test
  void refusesKeysWhoseAlgorithmIsNotWrittenAsItMustBe() throws Exception {
    // The certificate would repeat it: RFC 3279, section 2.3.1, and RFC 8410, section 3.
    KeyPair rsa = Requests.rsa(2048);
    SubjectPublicKeyInfo bare = new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
        SubjectPublicKeyInfo.getInstance(rsa.getPublic().getEncoded()).parsePublicKey());
    assertThat(refusal(
            Requests.signed(rsa, "SHA256withRSA", bare, new X500Name("CN=d-1"), new DERSet())))
        .contains("other parameters than NULL");
    KeyPair ed = Requests.generate("Ed25519");
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(ed.getPublic().getEncoded());
    SubjectPublicKeyInfo laden = new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(key.getAlgorithm().getAlgorithm(), DERNull.INSTANCE),
        key.getPublicKeyData().getOctets());
    assertThat(refusal(Requests.signed(ed, "Ed25519", laden, new X500Name("CN=d-1"), new DERSet())))
        .contains("has parameters");
  }

  @Test
  void refusesWhatIsNoRequest() {
    assertThat(refusal("not base64!".getBytes(US_ASCII))).contains("neither base64, PEM nor DER");
    assertThat(refusal("\r\n".getBytes(US_ASCII))).contains("neither");
    assertThat(refusal(new byte[] {(byte) 0xff, (byte) 0xfe, 0})).contains("neither");
    assertThat(refusal("aGVsbG8=".getBytes(US_ASCII))).contains("well-formed");
    assertThat(refusal(new byte[] {0x30})).contains("well-formed");
    assertThat(refusal(new byte[] {0x30, 0})).contains("well-formed");
    assertThat(refusal(Pem.encode(List.of(HeldCertificate.builder().build().certificate()))
            .getBytes(US_ASCII)))
        .contains("CERTIFICATE REQUEST");
    assertThat(refusal("-----BEGIN CERTIFICATE REQUEST-----\nMII".getBytes(US_ASCII)))
        .contains("one PEM block");
    assertThat(refusal(Pem.encode("CERTIFICATE REQUEST", DER).repeat(2).getBytes(US_ASCII)))
        .contains("one PEM block");
  }

  @Test
  void refusesTrailingBytesAndMissingOnes() {
    assertThat(refusal(Arrays.copyOf(DER, DER.length + 1))).contains("well-formed");
    byte[] twice = Arrays.copyOf(DER, 2 * DER.length);
    System.arraycopy(DER, 0, twice, DER.length, DER.length);
    assertThat(refusal(twice)).contains("well-formed");
    for (int length = 1; length < DER.length; length++) {
      refusal(Arrays.copyOf(DER, length));
    }
  }

  @Test
  void refusesDeepNestingAndIndefiniteLengths() {
    byte[] deep = new byte[60_000];
    for (int i = 0; i < deep.length; i += 2) {
      deep[i] = 0x30;
      deep[i + 1] = (byte) 0x80;
    }
    assertThat(refusal(deep)).contains("well-formed");
    byte[] definite = new byte[60_000];
    for (int i = 0; i + 3 < definite.length; i += 4) {
      int rest = definite.length - i - 4;
      definite[i] = 0x30;
      definite[i + 1] = (byte) 0x82;
      definite[i + 2] = (byte) (rest >> 8);
      definite[i + 3] = (byte) rest;
    }
    assertThat(refusal(definite)).contains("well-formed");
    byte[] indefinite = new byte[DER.length + 2];
    System.arraycopy(DER, 0, indefinite, 0, DER.length);
    int content = (DER[1] & 0x80) == 0 ? 2 : 2 + (DER[1] & 0x7f);
    byte[] outer = new byte[2 + DER.length - content + 2];
    outer[0] = 0x30;
    outer[1] = (byte) 0x80;
    System.arraycopy(DER, content, outer, 2, DER.length - content);
    assertThat(refusal(outer)).contains("indefinite length");
  }

  @Test
  void refusesASignatureByAnotherKey() {
    KeyPair other = CertificateRequest.newKeyPair();
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded());
    assertThat(refusal(
            Requests.signed(other, "SHA256withECDSA", key, new X500Name("CN=d-1"), new DERSet())))
        .contains("signature was not made by the key");
    KeyPair rsa = Requests.rsa(2048);
    assertThat(refusal(
            Requests.signed(rsa, "SHA256withRSA", key, new X500Name("CN=d-1"), new DERSet())))
        .contains("sign it with its own key");
  }

  @Test
  void refusesAnEmptySignatureAndATamperedBody() throws Exception {
    byte[] unsigned = new DERSequence(new ASN1Encodable[] {
          DERSequence.getInstance(DER).getObjectAt(0),
          DERSequence.getInstance(DER).getObjectAt(1),
          new DERBitString(new byte[0])
        })
        .getEncoded();
    assertThat(refusal(unsigned)).contains("signature was not made by the key");
    byte[] tampered = DER.clone();
    int name = new String(DER, ISO_8859_1).indexOf("d-1");
    tampered[name + 2] = '2';
    assertThat(refusal(tampered)).contains("signature was not made by the key");
  }

  @ParameterizedTest
  @CsvSource({"SHA1withECDSA,EC", "SHA1withRSA,RSA", "MD5withRSA,RSA", "SHA224withRSA,RSA"})
  void refusesOldSignatures(String algorithm, String kind) {
    KeyPair keys = kind.equals("EC") ? KEYS : Requests.rsa(2048);
    assertThat(refusal(Requests.signed(keys, algorithm, "CN=d"))).contains("is not accepted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp192r1", "secp224r1", "secp256k1", "brainpoolP256r1", "sect233k1"})
  void refusesOtherCurves(String curve) {
    assertThat(refusal(Requests.signed(Requests.ec(curve), "SHA256withECDSA", "CN=d")))
        .contains("use P-256, P-384 or P-521");
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 1536})
  void refusesShortRsaKeys(int bits) {
    assertThat(refusal(Requests.signed(Requests.rsa(bits), "SHA256withRSA", "CN=d")))
        .containsIgnoringCase("RSA");
  }

  @Test
  void computesNothingWithHugeRsaKeys() {
    Random random = new Random(1);
    for (SubjectPublicKeyInfo key : new SubjectPublicKeyInfo[] {
      Requests.rsaKey(new BigInteger(300_000, random).setBit(0), BigInteger.valueOf(65537)),
      Requests.rsaKey(new BigInteger(8200, random).setBit(8200), BigInteger.valueOf(65537)),
      Requests.rsaKey(
          new BigInteger(4096, random).setBit(4095), new BigInteger(4096, random).setBit(4000)),
      Requests.rsaKey(BigInteger.ZERO, BigInteger.ONE),
      Requests.rsaKey(BigInteger.ONE.negate(), BigInteger.ONE),
      Requests.rsaKey(new BigInteger(2048, random).setBit(2047), BigInteger.ONE.negate()),
    }) {
      byte[] request =
          Requests.signed(KEYS, "SHA256withECDSA", key, new X500Name("CN=d"), new DERSet());
      Assertions.assertThatCode(() -> refusal(request)).doesNotThrowAnyException();
    }
  }

  @Test
  void refusesPointsThatAreNotOnTheCurve() {
    byte[] point = SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded())
        .getPublicKeyData()
        .getBytes();
    byte[] off = point.clone();
    off[64] ^= 1;
    byte[] unreduced = new byte[65];
    Arrays.fill(unreduced, (byte) 0xff);
    unreduced[0] = 4;
    byte[] zero = new byte[65];
    zero[0] = 4;
    byte[] compressed = Arrays.copyOf(point, 33);
    compressed[0] = (byte) (2 + (point[64] & 1));
    AlgorithmIdentifier p256 =
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, X9ObjectIdentifiers.prime256v1);
    for (byte[] bad : new byte[][] {off, unreduced, zero, {0}, {}, {4}, compressed}) {
      assertThat(refusal(Requests.signed(
              KEYS,
              "SHA256withECDSA",
              new SubjectPublicKeyInfo(p256, bad),
              new X500Name("CN=d"),
              new DERSet())))
          .contains("EC key");
    }
  }

  @Test
  void refusesPointsOfSmallOrder() {
    AlgorithmIdentifier ed25519 = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    String order8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";
    for (String point : List.of(
        "00".repeat(32),
        "00".repeat(31) + "80",
        "01" + "00".repeat(31),
        "ec" + "ff".repeat(30) + "7f",
        "ed" + "ff".repeat(30) + "7f",
        "ee" + "ff".repeat(30) + "ff",
        order8 + "05",
        order8 + "85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")) {
      SubjectPublicKeyInfo key =
          new SubjectPublicKeyInfo(ed25519, HexFormat.of().parseHex(point));
      assertThat(refusal(
              Requests.signed(KEYS, "SHA256withECDSA", key, new X500Name("CN=d"), new DERSet())))
          .as(point)
          .contains("small order");
    }
  }

  @Test
  void refusesCurvesSpelledOut() throws Exception {
    AlgorithmIdentifier explicit = new AlgorithmIdentifier(
        X9ObjectIdentifiers.id_ecPublicKey, ECNamedCurveTable.getByName("secp256r1"));
    byte[] point = SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded())
        .getPublicKeyData()
        .getBytes();
    assertThat(refusal(Requests.signed(
            KEYS,
            "SHA256withECDSA",
            new SubjectPublicKeyInfo(explicit, point),
            new X500Name("CN=d"),
            new DERSet())))
        .contains("parameters of its own");
  }

  @Test
  void refusesOtherKindsOfKeys() {
    assertThat(refusal(Requests.signed(Requests.dsa(), "SHA256withDSA", "CN=d")))
        .contains("1.2.840.10040.4.1");
    assertThat(refusal(Requests.signed(Requests.generate("Ed448"), "Ed448", "CN=d")))
        .contains("not certified");
    SubjectPublicKeyInfo x25519 =
        SubjectPublicKeyInfo.getInstance(Requests.generate("X25519").getPublic().getEncoded());
    assertThat(refusal(
            Requests.signed(KEYS, "SHA256withECDSA", x25519, new X500Name("CN=d"), new DERSet())))
        .contains("not certified");
  }

  @Test
  void refusesExtensionsAskedForTwice() throws Exception {
    Extension san = Extension.create(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, "example.org")));
    Attribute once = new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
        new DERSet(new DERSequence(new ASN1Encodable[] {san})));
    Attribute repeated = new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
        new DERSet(new DERSequence(new ASN1Encodable[] {san, san})));
    Attribute other = new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(new DERSequence()));
    assertThat(SigningRequestDecoder.decode(Requests.signed(KEYS, "SHA256withECDSA", "CN=d", once))
            .subjectAltName())
        .isNotNull();
    assertThat(refusal(Requests.signed(KEYS, "SHA256withECDSA", "CN=d", repeated)))
        .contains("well-formed");
    assertThat(refusal(Requests.signed(KEYS, "SHA256withECDSA", "CN=d", once, other)))
        .contains("more than once");
    Attribute nonsense = new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
        new DERSet(new DEROctetString(new byte[] {1})));
    assertThat(refusal(Requests.signed(KEYS, "SHA256withECDSA", "CN=d", nonsense)))
        .contains("well-formed");
  }

  @Test
  void refusesNamesWhosePartsCannotBeRead() throws Exception {
    // Found by fuzzing: BouncyCastle looks into an RDN only when asked to, long after decoding.
    ASN1Encodable numberForType =
        new DERSequence(new ASN1Encodable[] {new ASN1Integer(1), new DERUTF8String("d-1")});
    for (DERSet rdn : new DERSet[] {new DERSet(numberForType), new DERSet()}) {
      X500Name name = X500Name.getInstance(new DERSequence(rdn));
      SubjectPublicKeyInfo key =
          SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded());
      assertThat(refusal(Requests.signed(KEYS, "SHA256withECDSA", key, name, new DERSet())))
          .contains("well-formed");
      Extension san = Extension.create(
          Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(name)));
      Attribute request = new Attribute(
          PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
          new DERSet(new DERSequence(new ASN1Encodable[] {san})));
      assertThat(refusal(Requests.signed(KEYS, "SHA256withECDSA", "CN=d", request)))
          .contains("well-formed");
    }
  }

  @Test
  void readsALongSubjectQuickly() {
    X500NameBuilder name = new X500NameBuilder();
    for (int i = 0; i < 4000; i++) {
      name.addRDN(BCStyle.CN, "x");
    }
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded());
    byte[] request = Requests.signed(KEYS, "SHA256withECDSA", key, name.build(), new DERSet());
    assertTimeout(Duration.ofSeconds(2), () -> SigningRequestDecoder.decode(request));
  }

  @Test
  void answersAnyDamageWithARefusal() {
    Random random = new Random(20);
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = DER.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      if (!Arrays.equals(damaged, DER)) {
        Throwable thrown = Assertions.catchThrowable(() -> SigningRequestDecoder.decode(damaged));
        assertThat(thrown).as("round %d", i).isInstanceOf(Refusal.class);
      }
    }
  }
}
