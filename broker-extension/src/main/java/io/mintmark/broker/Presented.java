package io.mintmark.broker;

import io.mintmark.identity.Identity;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * The certificate a connection rests on. There is one for each session, so it is made of what TLS
 * holds anyhow.
 *
 * @param identity whom it stands for
 * @param number its serial number
 * @param notAfterSecond its last moment, in seconds of the epoch
 * @param issuers the CAs it rests on, as of {@link ChainCheck}
 */
record Presented(Identity identity, BigInteger number, long notAfterSecond, List<String> issuers) {

  Presented {
    issuers = List.copyOf(issuers);
  }

  /** Of a certificate. */
  Presented(Identity identity, X509Certificate certificate, List<String> issuers) {
    this(
        identity,
        certificate.getSerialNumber(),
        certificate.getNotAfter().toInstant().getEpochSecond(),
        issuers);
  }

  /** Its serial number, lower-case hex. */
  String serial() {
    return serial(number);
  }

  /** Its last moment. */
  Instant notAfter() {
    return Instant.ofEpochSecond(notAfterSecond);
  }

  /** As the feed and the log write it. */
  static String serial(BigInteger number) {
    // What BigInteger.toString(16) says of numbers above zero, which divides where this only
    // writes.
    String hex = HexFormat.of().formatHex(number.toByteArray());
    int zeros = 0;
    while (zeros < hex.length() - 1 && hex.charAt(zeros) == '0') {
      zeros++;
    }
    return hex.substring(zeros);
  }
}
