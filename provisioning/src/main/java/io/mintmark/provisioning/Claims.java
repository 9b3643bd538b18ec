package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.sql.ClaimTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Makes, spends and takes back claims. Thread-safe. */
public final class Claims {

  private static final int MOST_USES = 1_000_000;

  /**
   * A claim, ready for JSON.
   *
   * @param id its number
   * @param fleet whose devices it may enrol
   * @param certificateSha256 the certificate it is bound to
   * @param state open, spent, ended or revoked
   * @param uses how many enrolments it is good for
   * @param used how many there were
   * @param endsAt it opens nothing from then on
   * @param anyDevice whether it may enrol devices the manifest does not list
   * @param createdAt when it was made
   */
  public record ClaimView(
      long id,
      String fleet,
      String certificateSha256,
      Claim.State state,
      int uses,
      int used,
      Instant endsAt,
      boolean anyDevice,
      Instant createdAt) {}

  private final Registry registry;
  private final AuditLog audit;
  private final Clock clock;

  Claims(Registry registry, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Binds a claim to a certificate.
   *
   * @param pem the claim certificate; a private key beside it is passed over
   * @param uses how many enrolments it is good for, 1 to 1,000,000
   * @param endsAt in the future
   * @param anyDevice whether it may enrol devices the manifest does not list
   * @throws Refusal NOT_FOUND for an unknown fleet, CONFLICT if the fleet does not enrol by claim or
   *     the certificate has a claim in force, INVALID for values that cannot be
   */
  public ClaimView create(
      FleetId fleet, String pem, int uses, Instant endsAt, boolean anyDevice, String actor)
      throws Refusal {
    Instant now = clock.instant();
    String certificate = Pem.fingerprint(Issuance.der(certificate(pem, now)));
    if (uses < 1 || uses > MOST_USES) {
      throw invalid("a claim of " + uses + " uses cannot be: use 1 to " + MOST_USES);
    }
    if (!endsAt.isAfter(now)) {
      throw invalid("the claim would end at " + endsAt + ", which is over: use a later time");
    }
    return registry.write(tx -> {
      requireClaimFleet(tx.handle(), fleet);
      Claim before = ClaimTable.find(tx.handle(), fleet, certificate).orElse(null);
      if (before != null && before.revokedAt() == null) {
        throw new Refusal(
            Refusal.Kind.CONFLICT,
            "the certificate has claim " + before.id() + " already: revoke that first");
      }
      Claim claim = new Claim(0, fleet, certificate, uses, 0, endsAt, anyDevice, now, null);
      long id = ClaimTable.insert(tx, claim);
      audit.add(
          tx,
          actor,
          "claim.created",
          "claim " + id,
          "fleet " + fleet + ", certificate " + certificate + ", uses " + uses + ", until " + endsAt
              + (anyDevice ? ", any device" : ""));
      return view(ClaimTable.find(tx.handle(), fleet, id).orElseThrow(), now);
    });
  }

  private static X509Certificate certificate(String pem, Instant now) throws Refusal {
    List<X509Certificate> found;
    try {
      found = Pem.certificates(pem);
    } catch (IllegalArgumentException e) {
      throw invalid("the claim certificate cannot be used: " + e.getMessage());
    }
    // Further ones would be its issuers, which do not count.
    String fault = ClaimCertificate.fault(found.get(0), now);
    if (fault != null) {
      throw invalid("the claim certificate '"
          + Printable.of(found.get(0).getSubjectX500Principal().getName())
          + "' "
          + fault);
    }
    return found.get(0);
  }

  private static void requireClaimFleet(Handle handle, FleetId fleet) throws Refusal {
    Fleet known = requireFleet(handle, fleet);
    if (known.enrolment().mode() != EnrolmentPolicy.Mode.CLAIM) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "fleet '"
              + fleet
              + "' enrols by "
              + known.enrolment().mode().word()
              + ": apply it with 'mode: claim' first");
    }
  }

  private static Fleet requireFleet(Handle handle, FleetId fleet) throws Refusal {
    return FleetTable.find(handle, fleet)
        .orElseThrow(
            () -> new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' is not known"));
  }

  /**
   * The claims of a fleet, the latest first.
   *
   * @throws Refusal NOT_FOUND for an unknown fleet
   */
  public List<ClaimView> list(FleetId fleet) throws Refusal {
    Instant now = clock.instant();
    return registry.read(h -> {
      requireFleet(h, fleet);
      return ClaimTable.list(h, fleet).stream().map(c -> view(c, now)).toList();
    });
  }

  /**
   * Takes a claim back: it enrols nobody any more. Devices it enrolled keep what they have.
   * Repeating it changes nothing.
   *
   * @throws Refusal NOT_FOUND if the fleet has no claim of this number
   */
  public ClaimView revoke(FleetId fleet, long id, String actor) throws Refusal {
    Instant now = clock.instant();
    return registry.write(tx -> {
      Claim claim = ClaimTable.find(tx.handle(), fleet, id)
          .orElseThrow(() ->
              new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' has no claim " + id));
      if (claim.revokedAt() == null) {
        ClaimTable.revoke(tx, id, now);
        audit.add(tx, actor, "claim.revoked", "claim " + id, "fleet " + fleet);
      }
      return view(ClaimTable.find(tx.handle(), fleet, id).orElseThrow(), now);
    });
  }

  /** Requires that the candidate's claim may be used now, or has a use taken for it already. */
  void requireUsable(Handle handle, Candidate candidate) throws Refusal {
    Claim claim = current(handle, candidate);
    Claim.State state = claim.state(clock.instant());
    if (state != Claim.State.OPEN && !wasSpentOn(handle, candidate)) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN,
          "claim "
              + claim.id()
              + " of fleet '"
              + claim.fleet()
              + "' is "
              + state.word()
              + switch (state) {
                case SPENT -> ": all of its " + claim.uses() + " uses are taken";
                case ENDED -> " since " + claim.endsAt();
                default -> "";
              });
    }
  }

  /** Takes one use; none if one was taken for it already, so that each use enrols a device. */
  void spend(Transaction tx, Candidate candidate) throws Refusal {
    if (wasSpentOn(tx.handle(), candidate)) {
      return;
    }
    long id = candidate.claim().id();
    DeviceId device = candidate.identity().device();
    if (!ClaimTable.spend(tx, id, device, candidate.keySha256(), clock.instant())) {
      requireUsable(tx.handle(), candidate);
      throw new IllegalStateException("claim " + id + " is open and cannot be spent");
    }
    audit.add(tx, candidate.actor(), "claim.spent", "claim " + id, "device " + device);
  }

  private static boolean wasSpentOn(Handle handle, Candidate candidate) {
    return ClaimTable.wasSpentOn(
        handle, candidate.claim().id(), candidate.identity().device(), candidate.keySha256());
  }

  private static Claim current(Handle handle, Candidate candidate) {
    return ClaimTable.find(handle, candidate.fleet().id(), candidate.claim().id())
        .orElseThrow();
  }

  private static ClaimView view(Claim claim, Instant now) {
    return new ClaimView(
        claim.id(),
        claim.fleet().value(),
        claim.certificateSha256(),
        claim.state(now),
        claim.uses(),
        claim.used(),
        claim.endsAt(),
        claim.anyDevice(),
        claim.createdAt());
  }

  private static Refusal invalid(String message) {
    return new Refusal(Refusal.Kind.INVALID, message);
  }
}
