package io.mintmark.provisioning.recovery;

import io.mintmark.provisioning.Worded;
import java.time.Duration;
import java.time.Instant;

/**
 * A time this registry was found to be older than what it told.
 *
 * @param cause how it was found
 * @param lostFrom what the registry was told after this may be lost
 * @param noticedAt when it was found
 * @param doneAt when it was recovered; null before
 */
public record Recovery(Cause cause, Instant lostFrom, Instant noticedAt, Instant doneAt) {

  /** How it was found. */
  public enum Cause implements Worded {
    /** It comes from a backup. */
    RESTORED,
    /** A broker had read more of the feed than there is. */
    WENT_BACKWARDS
  }

  /** Certificates begin to be valid before they are issued, and clocks differ. */
  private static final Duration SLACK = Duration.ofDays(1);

  /** Whether it is still to be recovered. */
  public boolean isOpen() {
    return doneAt == null;
  }

  /** Whether a certificate that begins to be valid then may have been issued in what was lost. */
  boolean mayHaveIssued(Instant notBefore) {
    return notBefore.isAfter(lostFrom.minus(SLACK))
        && (doneAt == null || notBefore.isBefore(doneAt));
  }

  /** What is wrong, for who is put off until it is right. */
  String describe() {
    return cause == Cause.RESTORED
        ? "this service was restored from a backup of " + lostFrom
        : "the feed went backwards: this registry is older than what it told, by a copy of about "
            + lostFrom;
  }
}
