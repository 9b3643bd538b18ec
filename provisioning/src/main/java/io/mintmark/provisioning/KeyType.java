package io.mintmark.provisioning;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of keys a fleet may certify, by the words of its YAML. */
public enum KeyType {
  /** ECDSA on P-256. */
  EC_P256("ec-p256", "EC", 256),
  /** ECDSA on P-384. */
  EC_P384("ec-p384", "EC", 384),
  /** ECDSA on P-521. */
  EC_P521("ec-p521", "EC", 521),
  /** RSA of 2048 bits. */
  RSA_2048("rsa-2048", "RSA", 2048),
  /** RSA of 3072 bits. */
  RSA_3072("rsa-3072", "RSA", 3072),
  /** RSA of 4096 bits. */
  RSA_4096("rsa-4096", "RSA", 4096),
  /** Ed25519. */
  ED25519("ed25519", "Ed25519", 256);

  private final String word;
  private final String algorithm;
  private final int bits;

  KeyType(String word, String algorithm, int bits) {
    this.word = word;
    this.algorithm = algorithm;
    this.bits = bits;
  }

  /** As the YAML writes it. */
  public String word() {
    return word;
  }

  /** The algorithm in JCA's words: EC, RSA or Ed25519. */
  public String algorithm() {
    return algorithm;
  }

  /** The length of an RSA modulus, or of the field of a curve. */
  public int bits() {
    return bits;
  }

  /** A new key pair, by whichever JCA provider comes first. */
  KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
      } else if (algorithm.equals("RSA")) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK makes no keys of type " + word, e);
    }
  }

  /** All words, in order. */
  static List<String> words() {
    return Arrays.stream(values()).map(KeyType::word).toList();
  }

  /** The type of a key that {@link KeyPolicy} accepts; empty for RSA of another size. */
  static Optional<KeyType> of(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return of("RSA", rsa.getModulus().bitLength());
    }
    if (key instanceof ECPublicKey ec) {
      return of("EC", ec.getParams().getCurve().getField().getFieldSize());
    }
    return key instanceof EdECPublicKey ? Optional.of(ED25519) : Optional.empty();
  }

  private static Optional<KeyType> of(String algorithm, int bits) {
    return Arrays.stream(values())
        .filter(type -> type.algorithm.equals(algorithm) && type.bits == bits)
        .findFirst();
  }

  /** What a key is, in words for a message. */
  static String describe(PublicKey key) {
    return of(key)
        .map(KeyType::word)
        .orElseGet(() -> key instanceof RSAPublicKey rsa
            ? "RSA of " + rsa.getModulus().bitLength() + " bits"
            : key.getAlgorithm());
  }
}
