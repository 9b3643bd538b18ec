package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.provisioning.revocation.DeviceChanges;
import io.mintmark.provisioning.revocation.DeviceChanges.Cause;
import io.mintmark.provisioning.revocation.Reasons;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;

/**
 * Takes a device's right to connect away, for good or for a while. State, feed and audit change in
 * one transaction; brokers hear of it the moment it is committed. Thread-safe.
 */
public final class Revoker {

  private final Registry registry;
  private final DeviceChanges changes;

  Revoker(Registry registry, DeviceChanges changes) {
    this.registry = registry;
    this.changes = changes;
  }

  /**
   * Revokes a device with all its live certificates, for good.
   *
   * @param reason a CRLReason name of RFC 5280, section 5.3.1, for example {@code keyCompromise};
   *     null for {@code unspecified}
   * @throws Refusal NOT_FOUND for an unknown device, INVALID for an unknown reason or one that does
   *     not fit, CONFLICT if it is revoked or retired already
   */
  public void revoke(DeviceId device, String reason, String actor) throws Refusal {
    end(device, DeviceState.REVOKED, Reasons.OF_END_ENTITIES.of(reason), actor);
  }

  /**
   * Retires a device, for good: it is not used any more, and its certificates are revoked for that
   * ({@code cessationOfOperation}).
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT if it is revoked or retired already
   */
  public void retire(DeviceId device, String actor) throws Refusal {
    end(device, DeviceState.RETIRED, RevocationReason.CESSATION_OF_OPERATION, actor);
  }

  private void end(DeviceId device, DeviceState state, RevocationReason reason, String actor)
      throws Refusal {
    registry.write(tx -> {
      changes.end(tx, findNotEnded(tx, device), state, reason, new Cause(actor, null));
      return null;
    });
  }

  /**
   * Suspends a device until it is released.
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT if it is suspended, revoked or retired
   *     already
   */
  public void suspend(DeviceId device, String actor) throws Refusal {
    registry.write(tx -> {
      Device known = findNotEnded(tx, device);
      if (known.state() == DeviceState.SUSPENDED) {
        throw conflict(known, "");
      }
      changes.suspend(tx, known, new Cause(actor, null));
      return null;
    });
  }

  /**
   * Ends a suspension, also one of the whole fleet, for this device.
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT if it is not suspended
   */
  public void release(DeviceId device, String actor) throws Refusal {
    registry.write(tx -> {
      Device known = findNotEnded(tx, device);
      if (known.state() != DeviceState.SUSPENDED) {
        throw conflict(known, ", not suspended");
      }
      changes.release(tx, known, new Cause(actor, null));
      return null;
    });
  }

  private static Device findNotEnded(Transaction tx, DeviceId device) throws Refusal {
    Device known = DeviceTable.find(tx.handle(), device)
        .orElseThrow(
            () -> new Refusal(Refusal.Kind.NOT_FOUND, "device '" + device + "' is not known"));
    if (known.state().isForGood()) {
      throw conflict(known, ", which is for good");
    }
    return known;
  }

  /** How it stands, since when and why. */
  private static Refusal conflict(Device known, String remark) {
    StringBuilder text = new StringBuilder("device '" + known.id() + "' is ")
        .append(known.state().word());
    if (known.bar() != null) {
      text.append(" since ").append(known.bar().at());
      if (known.bar().reason() != null) {
        text.append(" (").append(known.bar().reason()).append(')');
      }
      if (known.bar().run() != null) {
        text.append(" by run ").append(known.bar().run());
      }
    }
    return new Refusal(Refusal.Kind.CONFLICT, text.append(remark).toString());
  }
}
