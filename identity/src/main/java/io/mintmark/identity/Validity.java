package io.mintmark.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * From when to when a certificate holds (RFC 5280, section 4.1.2.5, both ends included).
 *
 * @param notBefore first moment
 * @param notAfter last moment
 */
public record Validity(Instant notBefore, Instant notAfter) {

  /**
   * @throws IllegalArgumentException if it ends before it begins
   */
  public Validity {
    if (notAfter.isBefore(notBefore)) {
      throw new IllegalArgumentException("validity ends at " + notAfter + ", before " + notBefore);
    }
  }

  /** The validity of a certificate. */
  public static Validity of(X509Certificate certificate) {
    return new Validity(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /** The whole length. */
  public Duration lifetime() {
    return Duration.between(notBefore, notAfter);
  }

  /** Whether the moment lies within. */
  public boolean contains(Instant moment) {
    return !moment.isBefore(notBefore) && !moment.isAfter(notAfter);
  }
}
