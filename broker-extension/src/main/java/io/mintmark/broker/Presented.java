package io.mintmark.broker;

import io.mintmark.identity.Identity;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/**
 * The certificate a connection rests on.
 *
 * @param identity whom it stands for
 * @param serial its serial number, lower-case hex
 * @param notAfter its last moment
 * @param issuers the CAs it rests on, as of {@link ChainCheck}
 */
record Presented(Identity identity, String serial, Instant notAfter, List<String> issuers) {

  Presented {
    issuers = List.copyOf(issuers);
  }

  /** As the feed and the log write it. */
  static String serial(BigInteger number) {
    return number.toString(16);
  }
}
