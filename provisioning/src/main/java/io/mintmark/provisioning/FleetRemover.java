package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import java.time.Clock;
import java.util.List;

/**
 * Removes fleets: brokers cut their devices, and nobody enrols or renews there. What is known of the
 * devices stays; the fleet is back, and so are they, once it is applied again. Thread-safe.
 */
public final class FleetRemover {

  /**
   * What was removed.
   *
   * @param fleet the fleet
   * @param devices how many of its devices were neither revoked nor retired
   */
  public record Removed(FleetId fleet, long devices) {}

  private static final List<DeviceState> NOT_FOR_GOOD =
      List.of(DeviceState.PENDING, DeviceState.ACTIVE, DeviceState.SUSPENDED);

  private final Registry registry;
  private final Fleets fleets;
  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  FleetRemover(Registry registry, Fleets fleets, Feed feed, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.fleets = fleets;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Removes a fleet.
   *
   * @param force whatever devices it has; their certificates are not revoked
   * @throws Refusal NOT_FOUND for an unknown fleet; CONFLICT if it has devices that are neither
   *     revoked nor retired, saying how many
   */
  public Removed remove(FleetId id, boolean force, String actor) throws Refusal {
    return registry.write(tx -> {
      Fleet fleet = FleetTable.find(tx.handle(), id)
          .orElseThrow(
              () -> new Refusal(Refusal.Kind.NOT_FOUND, "fleet '" + id + "' is not known"));
      long devices = DeviceTable.count(tx.handle(), id.value(), NOT_FOR_GOOD, false);
      if (devices > 0 && !force) {
        throw new Refusal(
            Refusal.Kind.CONFLICT,
            "fleet '" + id + "' has " + devices + (devices == 1 ? " device" : " devices")
                + " neither revoked nor retired: revoke them first with 'mintmark fleet revoke "
                + id
                + "', or use --force: they are cut off then, until the fleet is applied again");
      }
      fleets.remove(tx, id, clock.instant());
      feed.append(
          tx, new FleetPolicy(id.value(), fleet.clientId().template(), TopicGrants.NONE, true));
      audit.add(
          tx,
          actor,
          "fleet.removed",
          id.value(),
          "devices neither revoked nor retired " + devices + (force ? ", forced" : ""));
      return new Removed(id, devices);
    });
  }
}
