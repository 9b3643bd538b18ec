package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Approval.State;
import io.mintmark.provisioning.sql.ApprovalTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What operators do with approvals. Thread-safe. */
public final class Approvals {

  private static final int LONGEST_PAGE = 1000;

  /**
   * An approval, ready for JSON.
   *
   * @param id its number
   * @param fleet the fleet the device would enrol in
   * @param device the device
   * @param again whether the device was enrolled before
   * @param state pending, approved, denied or used
   * @param keySha256 SHA-256 of the public key to certify
   * @param bootstrapSha256 SHA-256 of the certificate the device showed
   * @param requestedAt when the device asked first
   * @param decidedBy the operator's name, {@code webhook}, or null
   * @param reason what was said with the decision, or null
   * @param expiresAt it is forgotten then
   */
  public record ApprovalView(
      long id,
      String fleet,
      String device,
      boolean again,
      State state,
      String keySha256,
      String bootstrapSha256,
      Instant requestedAt,
      String decidedBy,
      String reason,
      Instant expiresAt) {}

  private final Registry registry;
  private final AuditLog audit;
  private final Clock clock;
  private final Duration lifetime;

  /**
   * @param lifetime how long an answer waits for the device
   */
  Approvals(Registry registry, AuditLog audit, Clock clock, Duration lifetime) {
    this.registry = registry;
    this.audit = audit;
    this.clock = clock;
    this.lifetime = lifetime;
  }

  /**
   * Approvals in the order they were asked for.
   *
   * @param fleet only of this fleet; null for all
   * @param state only in this state; null for all
   * @param after only numbers above this one
   * @param limit at most so many; held to 1..1000
   */
  public List<ApprovalView> list(FleetId fleet, State state, long after, int limit) {
    int held = Math.max(1, Math.min(limit, LONGEST_PAGE));
    Instant now = clock.instant();
    return registry.read(h -> ApprovalTable.list(h, fleet, state, after, held, now).stream()
        .map(Approvals::view)
        .toList());
  }

  /**
   * Says yes: the device's next request with the same key gets its certificate. Repeating it changes
   * nothing.
   *
   * @param reason for the audit and the device, or null
   * @throws Refusal NOT_FOUND if there is none of this number, CONFLICT if it was used
   */
  public ApprovalView approve(long id, String reason, String actor) throws Refusal {
    return decide(id, State.APPROVED, reason, actor);
  }

  /**
   * Says no, also after a yes the device has not used. Repeating it changes nothing.
   *
   * @param reason for the audit and the device, or null
   * @throws Refusal NOT_FOUND if there is none of this number, CONFLICT if it was used
   */
  public ApprovalView deny(long id, String reason, String actor) throws Refusal {
    return decide(id, State.DENIED, reason, actor);
  }

  private ApprovalView decide(long id, State state, String reason, String actor) throws Refusal {
    return registry.write(tx -> {
      Approval approval = ApprovalTable.find(tx.handle(), id, clock.instant())
          .orElseThrow(() -> new Refusal(
              Refusal.Kind.NOT_FOUND,
              "approval " + id + " is not known: it may have expired, or the device asked anew"));
      if (approval.state() == State.USED) {
        throw new Refusal(
            Refusal.Kind.CONFLICT,
            "approval "
                + id
                + " was used: to take its trust back, revoke device '"
                + approval.device()
                + "'");
      }
      return view(approval.state() == state ? approval : keep(tx, approval, state, reason, actor));
    });
  }

  /** Keeps a decision with its audit row. */
  Approval keep(Transaction tx, Approval approval, State state, String reason, String actor) {
    String printable = reason == null ? null : Printable.of(reason);
    Instant now = clock.instant();
    ApprovalTable.decide(tx, approval.id(), state, actor, printable, now.plus(lifetime));
    audit.add(
        tx,
        actor,
        "approval." + state.word(),
        "approval " + approval.id(),
        "device "
            + approval.device()
            + ", fleet "
            + approval.fleet()
            + (printable == null ? "" : ": " + printable));
    return ApprovalTable.find(tx.handle(), approval.id(), now).orElseThrow();
  }

  private static ApprovalView view(Approval approval) {
    return new ApprovalView(
        approval.id(),
        approval.fleet().value(),
        approval.device().value(),
        approval.again(),
        approval.state(),
        approval.keySha256(),
        approval.bootstrapSha256(),
        approval.requestedAt(),
        approval.decidedBy(),
        approval.reason(),
        approval.expiresAt());
  }
}
