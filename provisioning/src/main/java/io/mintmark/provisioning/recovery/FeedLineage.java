package io.mintmark.provisioning.recovery;

import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.sql.EpochTable;
import io.mintmark.provisioning.sql.MemoryTable;
import io.mintmark.provisioning.sql.RecoveryTable;
import io.mintmark.provisioning.sql.Registry;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Tells by the place a broker stands at whether this registry is the one that told it so much. If
 * that one told more, this is an older copy: the gate closes and brokers are asked what they
 * remember. Thread-safe.
 */
public final class FeedLineage {

  private final Registry registry;
  private final FeedSeal seal;
  private final RecoveryGate gate;
  private final Journal audit;
  private final Clock clock;

  /** The lineage of a feed. */
  public FeedLineage(
      Registry registry, FeedSeal seal, RecoveryGate gate, Journal audit, Clock clock) {
    this.registry = registry;
    this.seal = seal;
    this.gate = gate;
    this.audit = audit;
    this.clock = clock;
  }

  /** What a broker's place is to this registry. */
  enum Standing {
    /** The way to there is its own. */
    OURS,
    /** It never told that, but has taken in since what it would have. */
    REPLAYED,
    /** A recovery since then did without it. */
    MISSED,
    /** It never told that and knows nothing about it. */
    LOST
  }

  /**
   * Requires that the feed may be read on from a broker's place.
   *
   * @param broker its name
   * @param sealed where it stands as it was told; null if it was not, or starts anew
   * @throws Refusal FIRST_TELL if it should tell first what it remembers; LATER if it has and the
   *     registry is not recovered yet; CONFLICT if it should read the feed from its start
   */
  public void requireReadable(String broker, String sealed) throws Refusal {
    Optional<FeedPlace> place = sealed == null ? Optional.empty() : seal.open(sealed);
    if (!gate.isClosed()) {
      if (sealed == null) {
        return;
      }
      if (place.isEmpty()) {
        throw fromTheStart("your place is of another feed");
      }
      Standing standing = registry.read(h -> standing(h, broker, place.get()));
      if (standing == Standing.OURS) {
        return;
      }
      if (standing == Standing.REPLAYED) {
        throw fromTheStart("the feed went backwards, and what you had read is taken in");
      }
      if (standing == Standing.LOST) {
        close(broker, place.get());
      }
    }
    String epoch = place.map(p -> p.epoch().id()).orElse("");
    Optional<Recovery> open = gate.open();
    boolean told = registry.read(h -> MemoryTable.complete(h)).stream()
        .anyMatch(m -> m.broker().equals(broker)
            && (place.isEmpty() || m.epoch().equals(epoch))
            && (open.isEmpty() || m.answers(open.get())));
    if (told && open.isPresent()) {
      gate.requireOpen();
    }
    throw new Refusal(
        Refusal.Kind.FIRST_TELL,
        open.map(Recovery::describe).orElse("this registry was recovered without you")
            + ": tell what you remember");
  }

  Standing standing(Handle handle, String broker, FeedPlace place) {
    String epoch = place.epoch().id();
    if (EpochTable.end(handle, epoch).filter(end -> place.sequence() <= end).isPresent()) {
      return Standing.OURS;
    }
    if (EpochTable.isReplayed(handle, epoch, place.sequence())
        || MemoryTable.find(handle, broker, epoch, place.sequence())
            .filter(Memory::complete)
            .isPresent()) {
      return Standing.REPLAYED;
    }
    return gate.doneSince(place.epoch().startedAt()) ? Standing.MISSED : Standing.LOST;
  }

  private void close(String broker, FeedPlace place) {
    Instant now = clock.instant();
    registry.write(tx -> {
      Instant from = EpochTable.beganBefore(tx.handle(), place.epoch().startedAt())
          .orElse(place.epoch().startedAt());
      if (RecoveryTable.open(tx.handle()).isEmpty()) {
        RecoveryTable.need(tx, Recovery.Cause.WENT_BACKWARDS, from, now);
        audit.add(
            tx,
            "system",
            "recovery.needed",
            broker,
            "it had read to " + place.sequence() + " in epoch " + place.epoch().id());
      }
      return null;
    });
    gate.refresh();
  }

  private static Refusal fromTheStart(String why) {
    return new Refusal(Refusal.Kind.CONFLICT, why + ": read it from 0");
  }
}
