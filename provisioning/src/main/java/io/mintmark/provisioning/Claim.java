package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import java.time.Instant;

/**
 * What a shared certificate may be used for. Immutable.
 *
 * @param id its number
 * @param fleet whose devices it may enrol
 * @param certificateSha256 SHA-256 of the one certificate it is bound to, lower-case hex
 * @param uses how many enrolments it is good for
 * @param used how many there were
 * @param endsAt it opens nothing from then on
 * @param anyDevice whether it may enrol devices the manifest does not list
 * @param createdAt when an operator made it
 * @param revokedAt when an operator took it back, or null
 */
public record Claim(
    long id,
    FleetId fleet,
    String certificateSha256,
    int uses,
    int used,
    Instant endsAt,
    boolean anyDevice,
    Instant createdAt,
    Instant revokedAt) {

  /** Where a claim stands. */
  public enum State implements Worded {
    /** It may be used. */
    OPEN,
    /** Used as often as it may be. */
    SPENT,
    /** Its end date is over. */
    ENDED,
    /** An operator took it back. */
    REVOKED
  }

  /** Where it stands at a moment. */
  public State state(Instant now) {
    if (revokedAt != null) {
      return State.REVOKED;
    }
    if (!endsAt.isAfter(now)) {
      return State.ENDED;
    }
    return used < uses ? State.OPEN : State.SPENT;
  }
}
