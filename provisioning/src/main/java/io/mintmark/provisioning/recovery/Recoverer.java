package io.mintmark.provisioning.recovery;

import io.mintmark.identity.Denial;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.sql.BrokerTable;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.EpochTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.MemoryTable;
import io.mintmark.provisioning.sql.RecoveryTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/**
 * Brings a registry that is older than what it told up to what brokers remember, and opens it
 * again. All of it in one transaction: after a crash it is done or it is not. Thread-safe.
 */
public final class Recoverer {

  private final Registry registry;
  private final RecoveryGate gate;
  private final TrustDomain trustDomain;
  private final CaWriter writer;
  private final BiConsumer<Transaction, Denial> feed;
  private final CaEnd caEnd;
  private final Journal audit;
  private final Clock clock;

  /**
   * The recoverer of an installation.
   *
   * @param writer writes what changes the CAs
   * @param feed appends a denial to the feed
   */
  public Recoverer(
      Registry registry,
      RecoveryGate gate,
      TrustDomain trustDomain,
      CaWriter writer,
      BiConsumer<Transaction, Denial> feed,
      CaEnd caEnd,
      Journal audit,
      Clock clock) {
    this.registry = registry;
    this.gate = gate;
    this.trustDomain = trustDomain;
    this.writer = writer;
    this.feed = feed;
    this.caEnd = caEnd;
    this.audit = audit;
    this.clock = clock;
  }

  /** How it stands. */
  public RecoveryReport look() {
    return registry.read(h -> report(h, RecoveryTable.open(h), heard(h)));
  }

  /**
   * Takes in what brokers told, and opens. Repeating it changes nothing.
   *
   * @param without brokers not to wait for: what they alone know is taken in when they come back
   * @throws Refusal CONFLICT if a known broker has not told what it remembers, with their names;
   *     NOT_FOUND if one of {@code without} is not known; and of {@link CaWriter}
   */
  public RecoveryReport recover(Collection<String> without, String actor) throws Refusal {
    try {
      return writer.write(tx -> recover(tx, without, actor));
    } finally {
      gate.refresh();
    }
  }

  private RecoveryReport recover(Transaction tx, Collection<String> without, String actor)
      throws Refusal {
    Handle handle = tx.handle();
    Instant now = clock.instant();
    Optional<Recovery> open = RecoveryTable.open(handle);
    List<Memory> heard = heard(handle);
    Set<String> missing = missing(handle, open, heard);
    requireKnown(handle, without);
    List<String> leftOut = missing.stream().filter(without::contains).toList();
    leftOut.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          missing.size() + " known brokers have not told what they remember: start them, or go"
              + " on with --without",
          List.copyOf(missing));
    }
    // Before what is told is forgotten.
    RecoveryReport before = report(handle, open, heard);
    String issuing = active(handle);
    MemoryReplay replay = new MemoryReplay(tx, feed, caEnd, audit, issuing, actor, now);
    for (Memory memory : heard) {
      replay.replay(memory.broker(), MemoryTable.entries(handle, memory.id()));
      MemoryTable.replayed(tx, memory.id(), now);
      if (!memory.epoch().isEmpty()) {
        EpochTable.replayed(tx, memory.epoch(), memory.sequence());
      }
    }
    RecoveryReport.Replayed replayed = replay.report();
    if (open.isPresent()) {
      RecoveryTable.done(tx, now);
      EpochTable.begin(tx, Epoch.start(now));
      // The CRLs from before are older than what the world may have seen.
      IssuerTable.all(handle).forEach(issuer -> CrlTable.changed(tx, issuer.id()));
    }
    if (open.isPresent() || !heard.isEmpty()) {
      audit.add(tx, actor, "recovery.done", trustDomain.name(), detail(heard, leftOut, replayed));
    }
    return new RecoveryReport(
        "open", before.cause(), before.lostFrom(), before.brokers(), leftOut, replayed);
  }

  private static String detail(
      List<Memory> heard, List<String> leftOut, RecoveryReport.Replayed replayed) {
    return "brokers " + heard.stream().map(Memory::broker).distinct().toList()
        + ", without " + leftOut
        + ", devices revoked " + replayed.devicesRevoked()
        + ", suspended " + replayed.devicesSuspended()
        + ", certificates ended " + replayed.certificatesEnded()
        + ", unknown " + replayed.certificatesUnknown()
        + ", revoked " + replayed.casRevoked();
  }

  private static List<Memory> heard(Handle handle) {
    return MemoryTable.complete(handle).stream().filter(Memory::isUnreplayed).toList();
  }

  private Set<String> missing(Handle handle, Optional<Recovery> open, List<Memory> heard) {
    if (open.isEmpty()) {
      return new TreeSet<>();
    }
    Set<String> missing = new TreeSet<>(BrokerTable.live(handle, trustDomain, clock.instant()));
    heard.stream().filter(m -> m.answers(open.get())).map(Memory::broker).forEach(missing::remove);
    return missing;
  }

  private static void requireKnown(Handle handle, Collection<String> without) throws Refusal {
    List<String> unknown =
        without.stream().filter(name -> !BrokerTable.exists(handle, name)).toList();
    if (!unknown.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND,
          "broker '" + Printable.of(unknown.get(0)) + "' is not known: leave it out");
    }
  }

  private RecoveryReport report(Handle handle, Optional<Recovery> open, List<Memory> heard) {
    List<RecoveryReport.Told> told = new ArrayList<>();
    for (Memory memory : heard) {
      boolean newer = memory.sequence() > 0
          && EpochTable.end(handle, memory.epoch())
              .filter(end -> memory.sequence() <= end)
              .isEmpty();
      told.add(new RecoveryReport.Told(
          memory.broker(), memory.sequence(), newer, MemoryTable.denials(handle, memory.id())));
    }
    return new RecoveryReport(
        open.isPresent() ? "closed" : "open",
        open.map(Recovery::describe).orElse(null),
        open.map(Recovery::lostFrom).orElse(null),
        told,
        List.copyOf(missing(handle, open, heard)),
        null);
  }

  private static String active(Handle handle) {
    return IssuerTable.all(handle).stream()
        .filter(i -> i.role() == Issuer.Role.ISSUING && i.state() == Issuer.State.ACTIVE)
        .map(Issuer::id)
        .findFirst()
        .orElseThrow();
  }
}
