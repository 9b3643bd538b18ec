package io.mintmark.provisioning.ca;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Key identifiers by RFC 7093, section 2, method 1: 160 bits of SHA-256 instead of SHA-1. */
final class KeyIds {

  private static final int BYTES = 20;

  private KeyIds() {}

  static byte[] of(PublicKey key) {
    return of(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }

  static byte[] of(SubjectPublicKeyInfo key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getPublicKeyData().getOctets());
      return Arrays.copyOf(hash, BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
