package io.mintmark.provisioning.revocation;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.revocation.RevocationRun.Scope;
import io.mintmark.provisioning.revocation.RevocationRun.Verb;
import io.mintmark.provisioning.sql.DoomedTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.RunTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes trust back from many at once, and gives it back to a suspended fleet. Each verb records a run
 * and answers at once; {@link RunWorker} does it. From that moment on nobody it is about is
 * certified ({@link EnrolmentBars}). Asking for what is under way already answers with that run.
 * Thread-safe.
 */
public final class RevocationRuns {

  private static final int LONGEST_LIST = 1000;

  /** What must hold when a run begins. */
  @FunctionalInterface
  private interface Precondition {
    void check(Transaction tx, long total) throws Refusal;
  }

  private final Registry registry;
  private final RunWorker worker;
  private final Certificates certificates;
  private final FactoryCas factoryCas;
  private final AuditLog audit;
  private final Clock clock;

  /** Runs that this worker works off. */
  public RevocationRuns(
      Registry registry,
      RunWorker worker,
      Certificates certificates,
      FactoryCas factoryCas,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.worker = worker;
    this.certificates = certificates;
    this.factoryCas = factoryCas;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Revokes every device a fleet has, for good. Devices that come later enrol as the fleet says.
   *
   * @param reason a CRLReason name of RFC 5280, section 5.3.1; null for {@code unspecified}
   * @throws Refusal NOT_FOUND for an unknown fleet; INVALID for a reason that is none or does not
   *     fit; CONFLICT if there is no device left to revoke, or another run of the fleet is under way
   */
  public RevocationRun revokeFleet(FleetId fleet, String reason, String actor) throws Refusal {
    String why = Reasons.OF_END_ENTITIES.of(reason).word();
    return begin(draft(Scope.FLEET, Verb.REVOKE, fleet.value(), null, why, actor), (tx, total) -> {
      requireFleet(tx, fleet);
      if (total == 0) {
        throw conflict(
            "fleet '" + fleet + "' has no device that is not revoked or retired already");
      }
    });
  }

  /**
   * Suspends a fleet: every device it has, and nobody enrols until it is released.
   *
   * @throws Refusal NOT_FOUND for an unknown fleet; CONFLICT if it is suspended, or another run of it
   *     is under way
   */
  public RevocationRun suspendFleet(FleetId fleet, String actor) throws Refusal {
    return begin(
        draft(Scope.FLEET, Verb.SUSPEND, fleet.value(), null, null, actor), (tx, total) -> {
          Optional<RevocationRun> before = suspension(tx, fleet);
          if (before.isPresent()) {
            throw conflict("fleet '" + fleet + "' is suspended since "
                + before.get().startedAt() + " by run " + before.get().id());
          }
        });
  }

  /**
   * Releases a suspended fleet with the devices that were suspended with it.
   *
   * @throws Refusal NOT_FOUND for an unknown fleet; CONFLICT if it is not suspended, or another run
   *     of it is under way
   */
  public RevocationRun releaseFleet(FleetId fleet, String actor) throws Refusal {
    return begin(
        draft(Scope.FLEET, Verb.RELEASE, fleet.value(), null, null, actor), (tx, total) -> {
          if (suspension(tx, fleet).isEmpty()) {
            throw conflict("fleet '" + fleet + "' is not suspended");
          }
        });
  }

  private static Optional<RevocationRun> suspension(Transaction tx, FleetId fleet) throws Refusal {
    requireFleet(tx, fleet);
    return RunTable.latestSuspension(tx.handle(), fleet.value())
        .filter(run -> run.verb() == Verb.SUSPEND);
  }

  /**
   * Revokes the certificates of all devices that enrolled with a bootstrap certificate below a factory
   * CA; from now on such a certificate opens no enrolment, in any fleet.
   *
   * @param id the key identifier of the factory CA
   * @param reason a CRLReason name of RFC 5280, section 5.3.1; null for {@code unspecified}
   * @throws Refusal NOT_FOUND for an unknown factory CA; INVALID for a reason that is none or does
   *     not fit; CONFLICT if it is revoked already
   */
  public RevocationRun revokeFactoryCa(String id, String reason, String actor) throws Refusal {
    String why = Reasons.OF_THOSE_BELOW_A_CA.of(reason).word();
    String known = registry.read(h -> factoryCas.require(h, id));
    return begin(draft(Scope.FACTORY_CA, Verb.REVOKE, known, null, why, actor), (tx, total) -> {
      Optional<RevocationRun> before = RunTable.ofFactoryCa(tx.handle(), List.of(known));
      if (before.isPresent()) {
        throw conflict("factory CA " + known + " is revoked since "
            + before.get().startedAt() + " (" + before.get().reason() + ") by run "
            + before.get().id());
      }
    });
  }

  /**
   * Revokes the certificates an issuing CA signed before an instant. The CA stays as it is. Those of
   * brokers are left out: one that is shut out of the feed hears of nothing.
   *
   * @param id the key identifier of the CA
   * @param before until now
   * @param reason a CRLReason name of RFC 5280, section 5.3.1; null for {@code unspecified}
   * @throws Refusal NOT_FOUND for an unknown CA; INVALID if it is a root, the instant is to come, or
   *     the reason is none or does not fit; CONFLICT if there is nothing to revoke, or another run of
   *     the CA is under way
   */
  public RevocationRun revokeIssued(String id, Instant before, String reason, String actor)
      throws Refusal {
    String why = Reasons.OF_THOSE_BELOW_A_CA.of(reason).word();
    String issuer = certificates.issuer(id).id();
    if (before == null || before.isAfter(clock.instant())) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          before == null
              ? "before is missing: name the time before which the certificates were signed"
              : "before is " + before + ", which is to come: name a time that is past");
    }
    Instant until = before.truncatedTo(ChronoUnit.MILLIS);
    return begin(draft(Scope.ISSUER, Verb.REVOKE, issuer, until, why, actor), (tx, total) -> {
      if (total == 0) {
        throw conflict(
            "issuing CA " + issuer + " signed nothing before " + until + " that is still good");
      }
    });
  }

  private RevocationRun draft(
      Scope scope, Verb verb, String subject, Instant before, String reason, String actor) {
    return RevocationRun.beginning(scope, verb, subject, before, reason, actor, clock.instant());
  }

  private RevocationRun begin(RevocationRun draft, Precondition precondition) throws Refusal {
    return registry.write(tx -> {
      Optional<RevocationRun> other =
          RunTable.unfinished(tx.handle(), draft.scope(), draft.subject());
      if (other.isPresent()) {
        return joined(other.get(), draft);
      }
      long total = worker.work(draft).count(tx.handle());
      precondition.check(tx, total);
      long leftOut = draft.scope() == Scope.ISSUER
          ? DoomedTable.brokers(tx.handle(), draft.subject(), draft.before(), draft.startedAt())
          : 0;
      RevocationRun run = RunTable.insert(tx, draft.of(total, leftOut));
      audit.add(
          tx,
          run.actor(),
          run.scope().word() + "." + run.verb().word(),
          run.subject(),
          "run " + run.id() + ", to do " + total
              + (run.before() == null ? "" : ", signed before " + run.before())
              + (run.reason() == null ? "" : ", reason " + run.reason()));
      tx.afterCommit(worker::wake);
      return run;
    });
  }

  /** Somebody whose answer got lost asks again. */
  private static RevocationRun joined(RevocationRun running, RevocationRun draft) throws Refusal {
    if (running.verb() == draft.verb()
        && Objects.equals(running.before(), draft.before())
        && Objects.equals(running.reason(), draft.reason())) {
      return running;
    }
    throw conflict(running.describe() + " is under way: wait for it, see 'mintmark revocation show "
        + running.id() + "'");
  }

  /** The latest runs, the latest first. */
  public List<RevocationRun> list() {
    return registry.read(h -> RunTable.latest(h, LONGEST_LIST)).stream()
        .map(worker::withFault)
        .toList();
  }

  /**
   * A run as it stands.
   *
   * @throws Refusal NOT_FOUND if there is none of this number
   */
  public RevocationRun find(long id) throws Refusal {
    return worker.withFault(registry
        .read(h -> RunTable.find(h, id))
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND, "there is no run " + id + ": see 'mintmark revocation list'")));
  }

  /**
   * Has a run go on now, if it waits after a fault. It would by itself, a little later.
   *
   * @throws Refusal NOT_FOUND if there is none of this number; CONFLICT if it is done
   */
  public RevocationRun resume(long id) throws Refusal {
    RevocationRun run = find(id);
    if (run.finished()) {
      throw conflict(run.describe() + " was done at " + run.finishedAt());
    }
    worker.wake();
    return run;
  }

  private static void requireFleet(Transaction tx, FleetId fleet) throws Refusal {
    if (!FleetTable.exists(tx.handle(), fleet)) {
      throw new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' is not known");
    }
  }

  private static Refusal conflict(String message) {
    return new Refusal(Refusal.Kind.CONFLICT, message);
  }
}
