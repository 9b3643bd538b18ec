package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.EnrolmentPolicy.Again;
import io.mintmark.provisioning.EnrolmentPolicy.Mode;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.revocation.EnrolmentBars;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Whether a candidate may have a certificate, by its fleet's mode and by what happens to devices
 * that enrol again. Asked three times: before anything is done, when the serial is reserved, and
 * when the certificate is recorded. Thread-safe.
 */
final class Admission {

  /** What the rules say of a candidate they do not refuse. */
  private record Standing(boolean known, boolean repeat, boolean needsApproval) {}

  private final Claims claims;
  private final ApprovalRequests approvals;
  private final AuditLog audit;
  private final Clock clock;

  Admission(Claims claims, ApprovalRequests approvals, AuditLog audit, Clock clock) {
    this.claims = claims;
    this.approvals = approvals;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Whether somebody has to say yes first.
   *
   * @throws Refusal FORBIDDEN naming the rule that speaks against the candidate
   */
  boolean needsApproval(Handle handle, Candidate candidate) throws Refusal {
    return standing(handle, candidate).needsApproval();
  }

  /**
   * Holds the rules in the moment the serial is reserved, spends the claim, and enters a device that
   * is not in the registry.
   *
   * @throws Refusal if meanwhile something speaks against the candidate
   */
  void admit(Transaction tx, Candidate candidate) throws Refusal {
    Standing standing = standing(tx.handle(), candidate);
    EnrolmentBars.requireUncompromised(tx.handle(), candidate.keySha256());
    if (standing.needsApproval()) {
      approvals.requireApproved(tx.handle(), candidate);
    }
    if (candidate.claim() != null && !standing.repeat()) {
      claims.spend(tx, candidate);
    }
    if (!standing.known()) {
      DeviceId id = candidate.identity().device();
      FleetId fleet = candidate.fleet().id();
      DeviceTable.insert(tx, Device.pending(id, fleet, null, Map.of()), clock.instant());
      audit.add(tx, candidate.actor(), "device.entered", id.value(), "fleet " + fleet);
    }
  }

  /**
   * Closes the gap between reserving and recording: of two keys at once for one device the second is
   * one that enrols again, and a yes may have been taken back.
   *
   * @param enrolled whether the device is enrolled by now
   * @throws Refusal FORBIDDEN if the candidate may not have its certificate any more
   */
  void recorded(Transaction tx, Candidate candidate, boolean enrolled) throws Refusal {
    EnrolmentPolicy policy = candidate.fleet().enrolment();
    boolean bound = enrolled ? policy.again() != Again.ALLOW : policy.mode() == Mode.APPROVAL;
    if (bound && !approvals.use(tx, candidate, enrolled)) {
      throw enrolled
          ? enrolledAlready(candidate)
          : forbidden("the approval of device '"
              + candidate.identity().device()
              + "' was taken back while its certificate was made");
    }
  }

  private Standing standing(Handle handle, Candidate candidate) throws Refusal {
    Optional<Device> known = known(handle, candidate);
    EnrolmentBars.requireOpen(handle, candidate.fleet().id(), candidate.factoryCas());
    boolean enrolled = known.filter(d -> d.state() == DeviceState.ACTIVE).isPresent();
    EnrolmentPolicy policy = candidate.fleet().enrolment();
    boolean repeat = enrolled && isRepeat(handle, candidate);
    if (repeat) {
      return new Standing(true, true, false);
    }
    if (candidate.claim() != null) {
      claims.requireUsable(handle, candidate);
    }
    if (enrolled && policy.again() == Again.DENY) {
      throw enrolledAlready(candidate);
    }
    boolean needsApproval =
        enrolled ? policy.again() == Again.APPROVE : policy.mode() == Mode.APPROVAL;
    return new Standing(known.isPresent(), false, needsApproval);
  }

  /** The device in the registry, unless it speaks against the candidate. */
  private static Optional<Device> known(Handle handle, Candidate candidate) throws Refusal {
    DeviceId id = candidate.identity().device();
    FleetId fleet = candidate.fleet().id();
    Optional<Device> found = DeviceTable.find(handle, id);
    boolean ofAnother = found.filter(d -> !d.fleet().equals(fleet)).isPresent();
    if (mustBeListed(candidate) && (found.isEmpty() || ofAnother)) {
      throw forbidden("device '" + id + "' is not in the manifest of fleet '" + fleet + "'");
    }
    if (ofAnother) {
      throw forbidden("device '" + id + "' belongs to another fleet than '" + fleet + "'");
    }
    if (found.isPresent()) {
      Device device = found.get();
      if (device.pin() != null && !device.pin().matches(candidate.certificate())) {
        throw forbidden("the bootstrap certificate of device '"
            + id
            + "' does not match the pin in its manifest");
      }
      DeviceStates.requireNotBarred(device);
    }
    return found;
  }

  private static boolean mustBeListed(Candidate candidate) {
    return switch (candidate.fleet().enrolment().mode()) {
      case MANIFEST -> true;
      case CLAIM -> !candidate.claim().anyDevice();
      case OPEN, APPROVAL -> false;
    };
  }

  /**
   * Whether it has the certificate it asks for: then the answer got lost, and is given again. Made
   * for the same key by another profile it is not that one, and {@link Issuance} makes a new one.
   */
  private boolean isRepeat(Handle handle, Candidate candidate) throws Refusal {
    DeviceProfile profile = candidate.fleet().profile();
    CertifiedNames names = profile.names(candidate.identity());
    return CertificateTable.live(handle, candidate.identity().spiffeId(), clock.instant()).stream()
        .anyMatch(c -> c.state() == CertificateState.ISSUED
            && c.keySha256().equals(candidate.keySha256())
            && profile.certificateProfile().fits(c.certificate(), names));
  }

  private static Refusal enrolledAlready(Candidate candidate) {
    Again again = candidate.fleet().enrolment().again();
    return forbidden("device '"
        + candidate.identity().device()
        + "' is enrolled already, and fleet '"
        + candidate.fleet().id()
        + "' has 'again: "
        + again.word()
        + "': renew with its operational certificate");
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
