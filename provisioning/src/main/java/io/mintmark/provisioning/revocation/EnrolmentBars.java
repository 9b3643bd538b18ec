package io.mintmark.provisioning.revocation;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.revocation.RevocationRun.Scope;
import io.mintmark.provisioning.revocation.RevocationRun.Verb;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.RunTable;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What taking trust back from many means for who enrols or renews meanwhile and afterwards. To be
 * asked in the transaction that reserves a serial: what was reserved before, the run revokes.
 */
public final class EnrolmentBars {

  /** A run takes seconds. */
  private static final Duration RETRY = Duration.ofSeconds(30);

  private EnrolmentBars() {}

  /**
   * Requires that a fleet is neither suspended nor being revoked, and that no factory CA above who
   * asks was revoked.
   *
   * @param factoryCas key ids of the CAs above the bootstrap certificate; empty without one
   * @throws Refusal FORBIDDEN while the fleet is suspended or after the factory CA was revoked, LATER
   *     while the fleet is being revoked
   */
  public static void requireOpen(Handle handle, FleetId fleet, List<String> factoryCas)
      throws Refusal {
    // One question, asked for each enrolment; nearly always there is nothing.
    List<RevocationRun> runs = RunTable.concerning(handle, fleet.value(), factoryCas);
    requireNotSuspended(runs, fleet);
    for (RevocationRun run : runs) {
      if (run.scope() == Scope.FACTORY_CA) {
        throw new Refusal(
            Refusal.Kind.FORBIDDEN,
            "the bootstrap certificate was issued below factory CA "
                + run.subject()
                + ", which was revoked at "
                + run.startedAt());
      }
    }
  }

  private static void requireNotSuspended(List<RevocationRun> runs, FleetId fleet) throws Refusal {
    List<RevocationRun> ofFleet =
        runs.stream().filter(run -> run.scope() == Scope.FLEET).toList();
    Optional<RevocationRun> suspension = ofFleet.stream()
        .filter(run -> run.verb() != Verb.REVOKE)
        .max(Comparator.comparingLong(RevocationRun::id));
    if (suspension.filter(run -> run.verb() == Verb.SUSPEND).isPresent()) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN, "fleet '" + fleet + "' is suspended: an operator can release it");
    }
    if (ofFleet.stream().anyMatch(run -> run.verb() == Verb.REVOKE)) {
      throw later("the devices of fleet '" + fleet + "' are being revoked");
    }
  }

  /**
   * Requires that a certificate that asks to be renewed is not about to be revoked.
   *
   * @throws Refusal LATER if it is
   */
  public static void requireStaying(Handle handle, BigInteger serial) throws Refusal {
    Optional<RevocationRun> revoking = RunTable.revoking(handle, serial);
    if (revoking.isPresent()) {
      throw later("certificates of "
          + (revoking.get().scope() == Scope.ISSUER ? "issuing CA " : "factory CA ")
          + revoking.get().subject()
          + " are being revoked");
    }
  }

  /**
   * Requires that a key was not revoked as one somebody else has.
   *
   * @param sha256 of its SubjectPublicKeyInfo, lower-case hex
   * @throws Refusal INVALID if it was
   */
  public static void requireUncompromised(Handle handle, String sha256) throws Refusal {
    if (CertificateTable.isCompromised(handle, sha256)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request's key was revoked before, for somebody else has it (keyCompromise): make a"
              + " new key");
    }
  }

  private static Refusal later(String what) {
    return new Refusal(
        Refusal.Kind.LATER, what + " at this moment: nobody among them is certified", RETRY);
  }
}
