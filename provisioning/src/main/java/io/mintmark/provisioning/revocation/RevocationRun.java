package io.mintmark.provisioning.revocation;

import io.mintmark.provisioning.Worded;
import java.time.Instant;

/**
 * Something done to many at once, in batches, as it stands. Immutable; ready for JSON.
 *
 * @param id its number
 * @param scope what {@code subject} names
 * @param verb what is done
 * @param subject a fleet's id, or the key id of a factory CA or an issuing CA
 * @param before of an issuing CA: only what it signed before this instant; else null
 * @param reason a CRLReason; null unless something is revoked
 * @param actor who asked for it
 * @param total how many there were to do when it began: devices of a fleet, certificates else
 * @param done how many of them are done
 * @param certificates how many certificates that changed
 * @param leftOut how many certificates of brokers are not touched (of an issuing CA)
 * @param startedAt when it was asked for
 * @param finishedAt when it was done; null while it is under way
 * @param fault why it does not go on just now; null if it does
 */
public record RevocationRun(
    long id,
    Scope scope,
    Verb verb,
    String subject,
    Instant before,
    String reason,
    String actor,
    long total,
    long done,
    long certificates,
    long leftOut,
    Instant startedAt,
    Instant finishedAt,
    String fault) {

  /** What a run is about. */
  public enum Scope implements Worded {
    /** The devices of a fleet. */
    FLEET,
    /** The certificates of devices that enrolled with a bootstrap certificate below it. */
    FACTORY_CA,
    /** The certificates it signed before an instant. */
    ISSUER
  }

  /** What a run does. */
  public enum Verb implements Worded {
    /** For good. */
    REVOKE,
    /** Until it is released. */
    SUSPEND,
    /** Takes a suspension back. */
    RELEASE
  }

  /** One that is about to begin. */
  static RevocationRun beginning(
      Scope scope,
      Verb verb,
      String subject,
      Instant before,
      String reason,
      String actor,
      Instant now) {
    return new RevocationRun(
        0, scope, verb, subject, before, reason, actor, 0, 0, 0, 0, now, null, null);
  }

  /** The same, with what there is to do. */
  RevocationRun of(long total, long leftOut) {
    return new RevocationRun(
        id,
        scope,
        verb,
        subject,
        before,
        reason,
        actor,
        total,
        done,
        certificates,
        leftOut,
        startedAt,
        finishedAt,
        fault);
  }

  /** Whether all of it is done. */
  public boolean finished() {
    return finishedAt != null;
  }

  RevocationRun withFault(String why) {
    return new RevocationRun(
        id,
        scope,
        verb,
        subject,
        before,
        reason,
        actor,
        total,
        done,
        certificates,
        leftOut,
        startedAt,
        finishedAt,
        why);
  }

  /** For messages, for example {@code run 3 (revoke fleet sensors)}. */
  String describe() {
    return "run " + id + " (" + verb.word() + " " + scope.word() + " " + subject
        + (before == null ? "" : " before " + before) + ")";
  }
}
