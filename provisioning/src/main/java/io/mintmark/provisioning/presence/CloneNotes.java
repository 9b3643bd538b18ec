package io.mintmark.provisioning.presence;

import io.mintmark.identity.Identity;
import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.revocation.DeviceChanges;
import io.mintmark.provisioning.revocation.DeviceChanges.Cause;
import io.mintmark.provisioning.sql.CloneTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes signs of clones down: for operators, in the audit log and in the service's log; and suspends
 * the device where its fleet says so. Of applications nothing is noted: their processes may share a
 * name. Thread-safe.
 */
public final class CloneNotes {

  private static final Logger LOG = LoggerFactory.getLogger(CloneNotes.class);

  /** One that goes on is one: it is audited and logged again only after as long without a sign. */
  private static final Duration QUIET = Duration.ofHours(1);

  private static final String WHY = "clone";

  private final DeviceChanges changes;
  private final AuditLog audit;
  private final Clock clock;

  /** Those of an installation. */
  public CloneNotes(DeviceChanges changes, AuditLog audit, Clock clock) {
    this.changes = changes;
    this.audit = audit;
    this.clock = clock;
  }

  void note(Transaction tx, CloneSign sign) {
    if (!(Identity.parse(sign.identity()) instanceof Identity.Device identity)) {
      return;
    }
    Optional<Device> device = DeviceTable.find(tx.handle(), identity.device())
        .filter(d -> d.fleet().equals(identity.fleet()))
        // What comes in while it is being cut is what it was suspended for.
        .filter(d -> d.state() == DeviceState.ACTIVE);
    if (device.isPresent()) {
      note(tx, sign, device.get());
    }
  }

  private void note(Transaction tx, CloneSign sign, Device device) {
    Instant now = clock.instant();
    Optional<CloneTable.Note> before = CloneTable.find(tx.handle(), sign);
    boolean quarantine = FleetTable.clones(tx.handle(), device.fleet()) == ClonePolicy.QUARANTINE
        // An operator has released it and knows: such a certificate opens nothing any more.
        && !(sign.kind() == CloneSign.Kind.SUPERSEDED_USED
            && before.filter(CloneTable.Note::quarantined).isPresent());
    CloneTable.put(tx, sign, quarantine, now);
    if (quarantine || before.filter(b -> b.lastAt().plus(QUIET).isAfter(now)).isEmpty()) {
      audit.add(
          tx,
          AuditLog.SYSTEM,
          "device.cloned",
          device.id().value(),
          "serial " + sign.serial() + ", " + sign.kind().word() + ": " + sign.detail());
      tx.afterCommit(() -> LOG.warn(
          "clone device={} fleet={} serial={} sign={} quarantined={} detail=\"{}\"",
          device.id(),
          device.fleet(),
          sign.serial(),
          sign.kind().word(),
          quarantine,
          sign.detail()));
    }
    if (quarantine) {
      changes.suspend(tx, device, new Cause(AuditLog.SYSTEM, null, WHY));
    }
  }
}
