package io.mintmark.provisioning;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of keys a fleet may certify, by the words of its YAML. */
public enum KeyType {
  /** ECDSA on P-256. */
  EC_P256("ec-p256"),
  /** ECDSA on P-384. */
  EC_P384("ec-p384"),
  /** ECDSA on P-521. */
  EC_P521("ec-p521"),
  /** RSA of 2048 bits. */
  RSA_2048("rsa-2048"),
  /** RSA of 3072 bits. */
  RSA_3072("rsa-3072"),
  /** RSA of 4096 bits. */
  RSA_4096("rsa-4096"),
  /** Ed25519. */
  ED25519("ed25519");

  private final String word;

  KeyType(String word) {
    this.word = word;
  }

  /** As the YAML writes it. */
  public String word() {
    return word;
  }

  /** All words, in order. */
  static List<String> words() {
    return Arrays.stream(values()).map(KeyType::word).toList();
  }

  /** The type of a key that {@link KeyPolicy} accepts; empty for RSA of another size. */
  static Optional<KeyType> of(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return Arrays.stream(values())
          .filter(t -> t.word.equals("rsa-" + rsa.getModulus().bitLength()))
          .findFirst();
    }
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      return Arrays.stream(values()).filter(t -> t.word.equals("ec-p" + bits)).findFirst();
    }
    return key instanceof EdECPublicKey ? Optional.of(ED25519) : Optional.empty();
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
