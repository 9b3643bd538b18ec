package io.mintmark.provisioning;

import java.time.Instant;

/** What an issuer says of one of its serial numbers (RFC 6960, section 2.2). Immutable. */
public sealed interface CertificateStatus {

  /** Issued, and nothing is said against it; it may have expired. */
  record Good() implements CertificateStatus {}

  /**
   * Not good any more, or for the time being.
   *
   * @param at since when
   * @param reason why; {@code CERTIFICATE_HOLD} is not for good
   */
  record Revoked(Instant at, RevocationReason reason) implements CertificateStatus {}

  /** The issuer never issued such a certificate. */
  record Unknown() implements CertificateStatus {}
}
