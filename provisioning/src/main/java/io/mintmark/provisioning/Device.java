package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * One thing of a fleet. Immutable.
 *
 * @param id its id, unique in the trust domain
 * @param fleet its fleet
 * @param state where it stands
 * @param pin of its bootstrap certificate, or null
 * @param attributes the manifest's further columns, sorted by name
 * @param bar since when and why it may not connect; null if it may, or nobody knows
 */
public record Device(
    DeviceId id,
    FleetId fleet,
    DeviceState state,
    Pin pin,
    Map<String, String> attributes,
    Bar bar) {

  /**
   * What keeps a device that is suspended, revoked or retired from connecting.
   *
   * @param at since when
   * @param reason a CRLReason; of one that is suspended {@code clone} or null
   * @param run the bulk run that did it; null if it was done to this device alone
   */
  public record Bar(Instant at, String reason, Long run) {}

  /** Sorts the attributes. */
  public Device {
    attributes = java.util.Collections.unmodifiableMap(new TreeMap<>(attributes));
  }

  /** The device as its manifest has it, not enrolled yet. */
  public static Device pending(
      DeviceId id, FleetId fleet, Pin pin, Map<String, String> attributes) {
    return new Device(id, fleet, DeviceState.PENDING, pin, attributes, null);
  }
}
