package io.mintmark.provisioning.tls;

import java.util.Arrays;
import org.bouncycastle.tls.CipherSuite;

/**
 * The cipher suites of our TLS servers, best first: those with forward secrecy and authenticated
 * encryption that fit a P-256 key.
 */
public enum CipherSuites {
  TLS_AES_256_GCM_SHA384(CipherSuite.TLS_AES_256_GCM_SHA384),
  TLS_AES_128_GCM_SHA256(CipherSuite.TLS_AES_128_GCM_SHA256),
  TLS_CHACHA20_POLY1305_SHA256(CipherSuite.TLS_CHACHA20_POLY1305_SHA256),
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256);

  private final int code;

  CipherSuites(int code) {
    this.code = code;
  }

  static int[] codes() {
    return Arrays.stream(values()).mapToInt(suite -> suite.code).toArray();
  }

  /** Their names in JSSE. */
  public static String[] names() {
    return Arrays.stream(values()).map(CipherSuites::name).toArray(String[]::new);
  }

  static String nameOf(int code) {
    return Arrays.stream(values())
        .filter(suite -> suite.code == code)
        .findFirst()
        .orElseThrow()
        .name();
  }
}
