package io.mintmark.provisioning.recovery;

import io.mintmark.identity.FeedMemory;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.recovery.FeedLineage.Standing;
import io.mintmark.provisioning.sql.MemoryTable;
import io.mintmark.provisioning.sql.Registry;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes down what brokers remember of the feed. It changes nothing before an operator has it
 * replayed. Thread-safe.
 */
public final class BrokerMemories {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerMemories.class);

  private final Registry registry;
  private final FeedSeal seal;
  private final FeedLineage lineage;
  private final RecoveryGate gate;
  private final Clock clock;

  /** Those of an installation. */
  public BrokerMemories(
      Registry registry, FeedSeal seal, FeedLineage lineage, RecoveryGate gate, Clock clock) {
    this.registry = registry;
    this.seal = seal;
    this.lineage = lineage;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Takes a part down. Repeating it changes nothing.
   *
   * @param broker who tells it
   * @throws Refusal CONFLICT if nobody asked for it, INVALID if it makes no sense
   */
  public void tell(String broker, FeedMemory part) throws Refusal {
    Optional<FeedPlace> place = part.place() == null ? Optional.empty() : seal.open(part.place());
    if (part.from() < 0 || part.sequence() < 0) {
      throw new Refusal(Refusal.Kind.INVALID, "from and sequence are numbers of at least 0");
    }
    if (!gate.isClosed()) {
      boolean missed = place.isPresent()
          && registry.read(h -> lineage.standing(h, broker, place.get())) == Standing.MISSED;
      if (!missed) {
        throw new Refusal(
            Refusal.Kind.CONFLICT, "this registry has lost nothing: read the feed on, or from 0");
      }
    }
    String epoch = place.map(p -> p.epoch().id()).orElse("");
    long sequence = place.map(FeedPlace::sequence).orElse(part.sequence());
    registry.write(tx -> {
      MemoryTable.keep(
          tx, broker, epoch, sequence, part.from(), part.entries(), part.last(), clock.instant());
      return null;
    });
    if (part.last()) {
      LOG.warn(
          "broker {} has told what it remembers of the feed up to {}: 'mintmark recover' takes it in",
          broker,
          sequence);
    }
  }
}
