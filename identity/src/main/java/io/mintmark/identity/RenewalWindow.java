package io.mintmark.identity;

import java.time.Instant;

/**
 * When the issuer would like a certificate renewed (the {@code suggestedWindow} of RFC 9773,
 * section 4.2).
 *
 * @param start the earliest moment
 * @param end the latest moment; after {@code start}
 */
public record RenewalWindow(Instant start, Instant end) {
  /**
   * @throws IllegalArgumentException if the window does not end after it starts
   */
  public RenewalWindow {
    if (!end.isAfter(start)) {
      throw new IllegalArgumentException("renewal window ends at " + end + ", not after " + start);
    }
  }
}
