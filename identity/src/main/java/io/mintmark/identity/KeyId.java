package io.mintmark.identity;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;

/** What a CA is called, whatever its certificates: by its key. Thread-safe: it keeps nothing. */
public final class KeyId {

  private static final int LENGTH = 20;

  private KeyId() {}

  /** The id of a key: RFC 7093, section 2, method 1, in lower-case hex. */
  public static String of(PublicKey key) {
    byte[] spki = key.getEncoded();
    // SubjectPublicKeyInfo: a SEQUENCE of the algorithm and a BIT STRING without unused bits.
    int algorithm = content(spki, 0);
    int bitString = content(spki, algorithm) + length(spki, algorithm);
    int bits = content(spki, bitString) + 1;
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(spki, bits, spki.length - bits);
      return HexFormat.of().formatHex(Arrays.copyOf(sha256.digest(), LENGTH));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  private static int content(byte[] der, int element) {
    return element + 2 + (der[element + 1] >= 0 ? 0 : der[element + 1] & 0x7f);
  }

  private static int length(byte[] der, int element) {
    if (der[element + 1] >= 0) {
      return der[element + 1];
    }
    int length = 0;
    for (int i = element + 2; i < content(der, element); i++) {
      length = (length << 8) | (der[i] & 0xff);
    }
    return length;
  }
}
