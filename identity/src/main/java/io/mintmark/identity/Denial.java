package io.mintmark.identity;

import java.time.Instant;

/**
 * Feed message: a certificate or a whole identity that may not connect any more, or (lifted) may
 * again.
 *
 * @param scope what {@code subject} names
 * @param subject a certificate's serial number in lower-case hex without leading zeros, or an
 *     SPIFFE ID
 * @param reason one word for logs and events, for example {@code revoked} or {@code suspended}
 * @param lifted true when the denial before it no longer holds
 * @param until when the denied certificate expires by itself and the denial can be forgotten; null
 *     for an identity
 */
public record Denial(Scope scope, String subject, String reason, boolean lifted, Instant until) {

  /** What a denial names. */
  public enum Scope {
    /** One certificate by its serial number. */
    SERIAL,
    /** Every certificate of an identity. */
    IDENTITY
  }

  /** The denial of one certificate. */
  public static Denial ofSerial(java.math.BigInteger serial, String reason, Instant until) {
    return new Denial(Scope.SERIAL, serial.toString(16), reason, false, until);
  }

  /** The denial of an identity with all its certificates. */
  public static Denial ofIdentity(Identity identity, String reason) {
    return new Denial(Scope.IDENTITY, identity.spiffeId(), reason, false, null);
  }

  /** The same subject, allowed again. */
  public Denial lift() {
    return new Denial(scope, subject, reason, true, until);
  }
}
