package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.Approval.State;
import io.mintmark.provisioning.sql.ApprovalTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import io.mintmark.provisioning.webhook.ApprovalWebhook;
import io.mintmark.provisioning.webhook.WebhookException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for approvals on behalf of devices: of operators, who take their time, and of the fleet's
 * webhook, which answers while the device waits. Thread-safe.
 */
final class ApprovalRequests {

  private static final Logger LOG = LoggerFactory.getLogger(ApprovalRequests.class);
  private static final String WEBHOOK = "webhook";

  private final Registry registry;
  private final Approvals approvals;
  private final ApprovalWebhook webhook;
  private final AuditLog audit;
  private final Clock clock;
  private final ApprovalSettings settings;

  ApprovalRequests(
      Registry registry,
      Approvals approvals,
      ApprovalWebhook webhook,
      AuditLog audit,
      Clock clock,
      ApprovalSettings settings) {
    this.registry = registry;
    this.approvals = approvals;
    this.webhook = webhook;
    this.audit = audit;
    this.clock = clock;
    this.settings = settings;
  }

  /**
   * Returns when the candidate is approved. Not to be called in a transaction: the webhook may take
   * seconds.
   *
   * @throws Refusal PENDING until somebody decides, FORBIDDEN if it was denied, LATER if the webhook
   *     fails or too many are waiting
   */
  void require(Candidate candidate) throws Refusal {
    Optional<Approval> known = registry.read(h -> find(h, candidate));
    Approval approval = known.isPresent() ? known.get() : request(candidate);
    if (approval.state() == State.PENDING && candidate.fleet().enrolment().webhook() != null) {
      approval = askWebhook(candidate, approval);
    }
    check(approval);
  }

  /** In the transaction that reserves the serial: a yes may have been taken back. */
  void requireApproved(Handle handle, Candidate candidate) throws Refusal {
    check(find(handle, candidate)
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.PENDING,
            "the approval of device '" + candidate.identity().device() + "' has expired: ask again",
            settings.retryAfter())));
  }

  /**
   * Uses the candidate's approval up; false if it has none.
   *
   * @param enrolled whether the device is enrolled by now: a yes to a first enrolment is none to
   *     another
   */
  boolean use(Transaction tx, Candidate candidate, boolean enrolled) {
    return ApprovalTable.use(
        tx,
        candidate.fleet().id(),
        candidate.identity().device(),
        candidate.keySha256(),
        enrolled,
        clock.instant());
  }

  /** The question that fits: not one of before the device enrolled, unless that was denied. */
  private Optional<Approval> find(Handle handle, Candidate candidate) {
    boolean enrolled = isEnrolled(handle, candidate);
    return ApprovalTable.find(
            handle,
            candidate.fleet().id(),
            candidate.identity().device(),
            candidate.keySha256(),
            clock.instant())
        .filter(approval -> approval.state() == State.DENIED
            || (approval.state() != State.USED && approval.again() == enrolled));
  }

  private static boolean isEnrolled(Handle handle, Candidate candidate) {
    return DeviceTable.find(handle, candidate.identity().device())
        .filter(device -> device.state() == DeviceState.ACTIVE)
        .isPresent();
  }

  /** A device has one question open: with a new key it asks anew. */
  private Approval request(Candidate candidate) throws Refusal {
    Instant now = clock.instant();
    FleetId fleet = candidate.fleet().id();
    DeviceId device = candidate.identity().device();
    return registry.write(tx -> {
      Optional<Approval> meanwhile = find(tx.handle(), candidate);
      if (meanwhile.isPresent()) {
        return meanwhile.get();
      }
      end(tx, "approval.expired", ApprovalTable.removeExpired(tx, now));
      end(
          tx,
          "approval.replaced",
          ApprovalTable.removeFormer(tx, fleet, device, candidate.keySha256()));
      if (ApprovalTable.pending(tx.handle(), fleet) >= settings.pendingPerFleet()) {
        throw new Refusal(
            Refusal.Kind.LATER,
            "fleet '" + fleet + "' has " + settings.pendingPerFleet()
                + " approvals pending: operators must" + " decide some first",
            settings.retryAfter());
      }
      long id = ApprovalTable.insert(
          tx,
          new Approval(
              0,
              fleet,
              device,
              candidate.keySha256(),
              candidate.certificateSha256(),
              isEnrolled(tx.handle(), candidate),
              State.PENDING,
              now,
              null,
              null,
              now.plus(settings.lifetime())));
      audit.add(
          tx,
          candidate.actor(),
          "approval.requested",
          "approval " + id,
          "device " + device + ", fleet " + fleet + ", key " + candidate.keySha256());
      return ApprovalTable.find(tx.handle(), id, now).orElseThrow();
    });
  }

  private void end(Transaction tx, String action, List<Approval> ended) {
    for (Approval approval : ended) {
      audit.add(
          tx,
          AuditLog.SYSTEM,
          action,
          "approval " + approval.id(),
          "device " + approval.device() + ", was " + approval.state().word());
    }
  }

  private Approval askWebhook(Candidate candidate, Approval approval) throws Refusal {
    ApprovalWebhook.Answer answer;
    try {
      answer = webhook.ask(
          candidate.fleet().enrolment().webhook(),
          new ApprovalWebhook.Question(
              approval.id(),
              approval.fleet().value(),
              approval.device().value(),
              approval.again(),
              approval.bootstrapSha256(),
              Pem.encode(List.of(candidate.certificate())),
              approval.keySha256()));
    } catch (WebhookException e) {
      // The device learns that, not why: addresses and certificates are the operator's affair.
      LOG.warn(
          "the webhook of fleet {} did not decide approval {}: {}",
          approval.fleet(),
          approval.id(),
          e.getMessage());
      throw new Refusal(
          Refusal.Kind.LATER,
          "approval "
              + approval.id()
              + " of device '"
              + approval.device()
              + "' cannot be decided: the webhook of fleet '"
              + approval.fleet()
              + "' failed; ask again with the same key",
          settings.retryAfter());
    }
    return switch (answer.decision()) {
      case PENDING -> approval;
      case APPROVE -> decided(approval, State.APPROVED, answer.reason());
      case DENY -> decided(approval, State.DENIED, answer.reason());
    };
  }

  /** Unless an operator was quicker. */
  private Approval decided(Approval asked, State state, String reason) throws Refusal {
    return registry.write(tx -> {
      Approval now = ApprovalTable.find(tx.handle(), asked.id(), clock.instant())
          .orElseThrow(() -> pending(asked));
      return now.state() == State.PENDING ? approvals.keep(tx, now, state, reason, WEBHOOK) : now;
    });
  }

  private void check(Approval approval) throws Refusal {
    switch (approval.state()) {
      case PENDING -> throw pending(approval);
      case DENIED ->
        throw new Refusal(
            Refusal.Kind.FORBIDDEN,
            "approval "
                + approval.id()
                + " of device '"
                + approval.device()
                + "' was denied"
                + (approval.reason() == null ? "" : ": " + approval.reason()));
      case APPROVED, USED -> {
        // Free to go.
      }
    }
  }

  /** RFC 7030, section 4.2.3: 202 with Retry-After. */
  private Refusal pending(Approval approval) {
    return new Refusal(
        Refusal.Kind.PENDING,
        "approval "
            + approval.id()
            + " of device '"
            + approval.device()
            + "' in fleet '"
            + approval.fleet()
            + "' is pending: ask again with the same key",
        settings.retryAfter());
  }
}
