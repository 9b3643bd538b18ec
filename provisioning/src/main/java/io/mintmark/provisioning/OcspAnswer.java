package io.mintmark.provisioning;

import java.time.Instant;

/**
 * An answer of the OCSP responder.
 *
 * @param der what to send, whatever it says
 * @param from since when it holds; null if nobody may keep it
 * @param until until when it holds; null if nobody may keep it
 */
public record OcspAnswer(byte[] der, Instant from, Instant until) {

  /** One for who asked alone, and for now. */
  static OcspAnswer once(byte[] der) {
    return new OcspAnswer(der, null, null);
  }

  /** Whether it may be given to others who ask the same. */
  public boolean mayBeKept() {
    return until != null;
  }
}
