package io.mintmark.provisioning.presence;

import io.mintmark.provisioning.Worded;

/**
 * A sign that somebody else has the key of a certificate.
 *
 * @param identity the SPIFFE ID
 * @param serial of the certificate, lower-case hex
 * @param kind what it is
 * @param detail what was seen, for people
 */
public record CloneSign(String identity, String serial, Kind kind, String detail) {

  /** What may be seen of a clone. */
  public enum Kind implements Worded {
    /** Two use one certificate at the same time. */
    FOUGHT_OVER,
    /** Somebody uses a certificate whose successor the device has been using for a while. */
    SUPERSEDED_USED
  }
}
