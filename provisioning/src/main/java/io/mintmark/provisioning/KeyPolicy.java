package io.mintmark.provisioning;

import java.security.PublicKey;

/** Which public keys may be certified. Thread-safe: it keeps nothing. */
public final class KeyPolicy {

  private KeyPolicy() {}

  /**
   * Checks one key.
   *
   * @throws Refusal INVALID if the key is weak or of a kind that is not certified
   */
  public static void check(PublicKey key) throws Refusal {
    // To be filled in.
  }
}
