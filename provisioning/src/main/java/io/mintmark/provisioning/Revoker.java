package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;

/** Takes a device's right to connect away, for good or for a while. Thread-safe. */
public final class Revoker {

  /**
   * Revokes a device with all its live certificates, for good. Repeating it changes nothing.
   *
   * @param reason a CRLReason name of RFC 5280, section 5.3.1, for example {@code keyCompromise}
   * @throws Refusal NOT_FOUND for an unknown device, INVALID for an unknown reason
   */
  public void revoke(DeviceId device, String reason, String actor) throws Refusal {
    // To be filled in.
  }

  /**
   * Suspends a device until it is released. Repeating it changes nothing.
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT for a revoked one
   */
  public void suspend(DeviceId device, String actor) throws Refusal {
    // To be filled in.
  }

  /**
   * Ends a suspension. Repeating it changes nothing.
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT for a revoked one
   */
  public void release(DeviceId device, String actor) throws Refusal {
    // To be filled in.
  }
}
