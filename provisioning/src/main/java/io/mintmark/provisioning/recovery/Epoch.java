package io.mintmark.provisioning.recovery;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A stretch of the feed that one run of one service told. Immutable.
 *
 * @param id names it, and says when it began
 * @param startedAt when it began
 */
public record Epoch(String id, Instant startedAt) {

  private static final int RANDOM_BYTES = 8;

  /** A new one. */
  public static Epoch start(Instant now) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return new Epoch(now.toEpochMilli() + "-" + HexFormat.of().formatHex(random), now);
  }

  /**
   * The epoch of an id.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Epoch of(String id) {
    String millis = id.replaceFirst("-.*", "");
    return new Epoch(id, Instant.ofEpochMilli(Long.parseLong(millis)));
  }
}
