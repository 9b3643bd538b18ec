package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The fleets, kept in memory once they were read: each enrolment and renewal needs its fleet whole,
 * with factory CAs and CRLs decoded, and fleets seldom change. One process at a time has the data
 * folder, so every change comes through here. Thread-safe.
 */
final class Fleets {

  private final Registry registry;
  private final Map<FleetId, Fleet> known = new ConcurrentHashMap<>();
  private long changes;

  Fleets(Registry registry) {
    this.registry = registry;
  }

  /** The fleet as it was when this was called, or later; empty if there is none of this id. */
  Optional<Fleet> find(FleetId id) {
    Fleet fleet = known.get(id);
    if (fleet != null) {
      return Optional.of(fleet);
    }
    long before = changes();
    Optional<Fleet> read = registry.read(h -> FleetTable.find(h, id));
    read.ifPresent(found -> keep(found, before));
    return read;
  }

  /** Makes the fleet, or makes it what it is now; {@link #find} knows when the write returns. */
  void put(Transaction tx, Fleet fleet, Instant now) {
    FleetTable.put(tx, fleet, now);
    tx.afterCommit(() -> forget(fleet.id()));
  }

  /** The fleet is no more; {@link #find} knows when the write returns. */
  void remove(Transaction tx, FleetId id, Instant now) {
    FleetTable.remove(tx, id, now);
    tx.afterCommit(() -> forget(id));
  }

  private synchronized long changes() {
    return changes;
  }

  /** Unless it may have been read before a change that was written meanwhile. */
  private synchronized void keep(Fleet fleet, long changesBefore) {
    if (changes == changesBefore) {
      known.put(fleet.id(), fleet);
    }
  }

  private synchronized void forget(FleetId id) {
    changes++;
    known.remove(id);
  }
}
