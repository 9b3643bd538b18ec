package io.mintmark.provisioning;

import java.time.Duration;

/**
 * How approvals are asked for. Immutable.
 *
 * @param lifetime how long a question waits for its answer, and an answer for the device
 * @param pendingPerFleet how many may wait: more than operators will look through are put off
 * @param retryAfter when a device should ask again while nobody has decided
 * @param webhooksAtOnce how many webhooks are asked at once: each holds a request's thread
 */
public record ApprovalSettings(
    Duration lifetime, int pendingPerFleet, Duration retryAfter, int webhooksAtOnce) {

  /** What holds for keys that are left out. */
  public static final ApprovalSettings DEFAULT =
      new ApprovalSettings(Duration.ofDays(7), 1000, Duration.ofSeconds(30), 8);
}
