package io.mintmark.provisioning.revocation;

import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.revocation.DeviceChanges.Cause;
import io.mintmark.provisioning.revocation.RevocationRun.Verb;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Transaction;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The devices of a fleet. A release is of those that were suspended with the fleet; those suspended
 * alone stay so.
 */
record FleetWork(DeviceChanges changes, String fleet, Verb verb) implements Work {

  private List<DeviceState> states() {
    return switch (verb) {
      case REVOKE -> List.of(DeviceState.PENDING, DeviceState.ACTIVE, DeviceState.SUSPENDED);
      case SUSPEND -> List.of(DeviceState.PENDING, DeviceState.ACTIVE);
      case RELEASE -> List.of(DeviceState.SUSPENDED);
    };
  }

  @Override
  public long count(Handle handle) {
    return DeviceTable.count(handle, fleet, states(), verb == Verb.RELEASE);
  }

  @Override
  public Piece next(Transaction tx, RevocationRun run, String after, int most) {
    List<Device> devices =
        DeviceTable.some(tx.handle(), fleet, states(), verb == Verb.RELEASE, after, most);
    if (devices.isEmpty()) {
      return null;
    }
    Cause cause = new Cause(run.actor(), run.id());
    int certificates = 0;
    for (Device device : devices) {
      certificates += switch (verb) {
        case REVOKE -> changes.end(tx, device, DeviceState.REVOKED, reason(run), cause);
        case SUSPEND -> changes.suspend(tx, device, cause);
        case RELEASE -> changes.release(tx, device, cause);
      };
    }
    return new Piece(
        devices.size(), certificates, devices.get(devices.size() - 1).id().value());
  }

  private static RevocationReason reason(RevocationRun run) {
    return RevocationReason.ofWord(run.reason()).orElseThrow();
  }
}
