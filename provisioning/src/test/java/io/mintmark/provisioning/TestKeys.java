package io.mintmark.provisioning;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/** New keys by the words of a fleet's YAML. */
public final class TestKeys {

  private TestKeys() {}

  /** One of {@code key-types}, or RSA or EC with another number. */
  public static KeyPair of(String type) {
    try {
      if (type.equals("ed25519")) {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      }
      int number = Integer.parseInt(type.substring(4));
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(type.startsWith("rsa") ? "RSA" : "EC");
      if (type.startsWith("rsa")) {
        generator.initialize(number);
      } else {
        generator.initialize(new ECGenParameterSpec("secp" + number + "r1"));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
