package io.mintmark.provisioning;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceAttributes;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.recovery.FeedSeal;
import io.mintmark.provisioning.sql.EpochTable;
import io.mintmark.provisioning.sql.FeedTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;

/**
 * The ordered stream of policies, denials and bundles that brokers follow. An entry is appended in
 * the transaction of the change it tells of, so the feed cannot differ from the registry.
 * Thread-safe.
 */
public final class Feed {

  private static final int PAGE = 500;

  /** Of JSON; a broker holds a page whole. One entry is sent whatever it takes. */
  private static final int PAGE_CHARS = 1 << 18;

  /** Longer than a broker's clock may be wrong. */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(1);

  private final Registry registry;
  private final String id;
  private final TrustDomain trustDomain;
  private final FeedSeal seal;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** One and the same for all entries of a transaction, which are told of once. */
  private final Runnable tell;

  Feed(Registry registry, String id, TrustDomain trustDomain, FeedSeal seal) {
    this.registry = registry;
    this.id = id;
    this.trustDomain = trustDomain;
    this.seal = seal;
    this.tell = this::tellAll;
  }

  /**
   * The entries after a sequence, at most 500 and at most 256 KiB of them; empty when there are
   * none.
   *
   * @throws Refusal CONFLICT if the sequence is greater than the head: it is not from this feed
   */
  public FeedPage after(long sequence) throws Refusal {
    return registry.read(h -> {
      long head = FeedTable.head(h);
      if (sequence > head) {
        throw new Refusal(
            Refusal.Kind.CONFLICT,
            "the feed " + id + " ends at " + head + ", before " + sequence + ": read it from 0");
      }
      List<FeedEntry> entries = FeedTable.after(h, sequence, PAGE, PAGE_CHARS);
      // Where a broker stands with this page; what is between the last entry and the head is gone.
      long read = entries.isEmpty() ? head : entries.get(entries.size() - 1).sequence();
      String epoch = EpochTable.current(h).orElseThrow();
      return new FeedPage(id, trustDomain.name(), head, entries, seal.seal(epoch, read));
    });
  }

  /** The latest sequence; 0 before the first entry. */
  public long head() {
    return registry.read(FeedTable::head);
  }

  /**
   * Has the listener run after each commit that appended something, on the thread that committed;
   * it must be quick and not throw.
   */
  public void onAppend(Runnable listener) {
    listeners.add(listener);
  }

  void append(Transaction tx, FleetPolicy policy) {
    append(
        tx,
        "fleet:" + policy.fleet(),
        null,
        sequence -> new FeedEntry(sequence, policy, null, null, null));
  }

  void append(Transaction tx, ApplicationPolicy policy) {
    append(
        tx,
        "application:" + policy.application(),
        null,
        sequence -> new FeedEntry(sequence, null, policy, null, null));
  }

  /** Appends attributes of devices, thousands of them if need be. */
  void append(Transaction tx, List<DeviceAttributes> attributes) {
    if (attributes.isEmpty()) {
      return;
    }
    FeedTable.append(
        tx,
        attributes.stream().map(a -> subject(a.fleet()) + a.device()).toList(),
        (sequence, i) -> FeedEntry.of(sequence, attributes.get(i)));
    tx.afterCommit(tell);
  }

  /** Nobody is to be told of the attributes of a fleet's devices any more. */
  void dropAttributes(Transaction tx, FleetId fleet) {
    FeedTable.drop(tx, subject(fleet.value()));
  }

  private static String subject(String fleet) {
    return "attributes:" + fleet + ":";
  }

  /** Appends a denial, or that it was lifted. */
  public void append(Transaction tx, Denial denial) {
    append(
        tx,
        denial.scope().name().toLowerCase(Locale.ROOT) + ":" + denial.subject(),
        denial.until() == null ? null : denial.until().plus(KEPT_AFTER_EXPIRY),
        sequence -> new FeedEntry(sequence, null, null, denial, null));
  }

  /** Appends the bundle unless it is the one told last. */
  void appendIfChanged(Transaction tx, Bundle bundle) {
    boolean told = FeedTable.find(tx.handle(), "bundle")
        .filter(entry -> entry.bundle().equals(bundle))
        .isPresent();
    if (!told) {
      append(tx, "bundle", null, s -> new FeedEntry(s, null, null, null, bundle));
    }
  }

  /** Drops the denials of certificates that have long expired by themselves. */
  void forget(Transaction tx, Instant now) {
    FeedTable.forget(tx, now);
  }

  private void append(
      Transaction tx, String subject, Instant forgetAfter, LongFunction<FeedEntry> entry) {
    FeedTable.append(tx, subject, forgetAfter, entry);
    tx.afterCommit(tell);
  }

  private void tellAll() {
    listeners.forEach(Runnable::run);
  }
}
