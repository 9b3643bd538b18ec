package io.mintmark.broker;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.TrustDomain;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the snapshot abreast of the feed: one thread, one request at a time, parked at the service
 * until there is something to say. A page is folded in, put on disk, and only then in force; of many
 * pages in a row only some are put on disk, and the last.
 *
 * <p>The feed never goes backwards silently: when it ends before the place already read, or names
 * another registry, that is logged as an error and the feed is read again from its start, with all
 * denials kept. A service that knows that its feed went backwards wants to be told first what was
 * read of it; until it has taken that in, all of the snapshot stays in force.
 */
final class FeedFollower implements SessionClock.Service, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FeedFollower.class);

  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  private static final long SHORTEST_PARKED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How old the time of the last answer may be on disk while nothing else changes. */
  private static final Duration SAVED_EVERY = Duration.ofMinutes(1);

  /**
   * How long pages may be in force without being on disk while the next one is there already: each is
   * written whole, and the revocation of a large fleet comes in many.
   */
  private static final long SAVED_WHILE_READING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final FeedClient client;
  private final MemoryTelling memory;
  private final SnapshotFile file;
  private final TrustDomain own;
  private final ClockWatch clock;
  private final FeedListener listener;
  private final BundleCheck bundles;
  private final Thread thread;
  private final CountDownLatch firstAnswer = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, new Random());

  /** In force: what CONNECTs are judged by. */
  private volatile FeedSnapshot current;

  /** What the listener was told last; behind the one in force only after the listener has failed. */
  private FeedSnapshot told;

  private boolean untold;

  /** Being read; ahead of the one in force only while the feed is read from its start. */
  private FeedSnapshot reading;

  private boolean fromTheStart;
  private boolean caughtUp;
  private volatile Instant savedHeardAt;
  private boolean unsaved;
  private long savedAtNanos = System.nanoTime();
  private volatile String lastFault;

  /** The bundle offered is to be judged again, on a new connection. */
  private boolean doubtful;

  /** Found wanting, and logged. */
  private Bundle refused;

  FeedFollower(
      FeedClient client, SnapshotFile file, BrokerState state, Clock clock, FeedListener listener) {
    this.client = client;
    this.memory = new MemoryTelling(client);
    this.file = file;
    this.own = state.trustDomain();
    this.clock = new ClockWatch(clock, System::nanoTime);
    this.listener = listener;
    this.bundles = new BundleCheck(clock);
    FeedSnapshot stored = state.snapshot();
    this.current = stored;
    this.told = stored;
    this.reading = stored;
    this.fromTheStart = stored.sequence() == 0;
    this.savedHeardAt = stored.heardAt();
    this.thread = new Thread(this::run, "mintmark-feed");
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** The snapshot in force. Never null, never blocks. */
  @Override
  public FeedSnapshot current() {
    return current;
  }

  @Override
  public boolean isSilent() {
    return lastFault != null || !thread.isAlive();
  }

  /** When the feed was heard of which a snapshot is on disk; null without one. Never blocks. */
  Instant savedHeardAt() {
    return savedHeardAt;
  }

  /** Waits until the feed was read to its end or could not be read, at most so long. */
  void awaitFirstAnswer(Duration longest) throws InterruptedException {
    if (!firstAnswer.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("the feed did not answer within {} s; going on without", longest.toSeconds());
    }
  }

  private void run() {
    while (closing.getCount() > 0) {
      try {
        readPage();
        backoff.reset();
        if (lastFault != null) {
          log.info("the feed is heard again");
          lastFault = null;
        }
      } catch (FeedBehindException e) {
        startOver(e.getMessage());
        pause();
      } catch (MemoryWantedException e) {
        tellMemory(e);
        pause();
      } catch (IOException | RuntimeException | Error e) {
        // An Error, too: without this thread nobody is cut off any more.
        report(e);
        pause();
      }
      if (caughtUp || lastFault != null) {
        firstAnswer.countDown();
      }
    }
    firstAnswer.countDown();
  }

  private void readPage() throws IOException {
    // Not parked before all was read: who waits for the first answer waits for that.
    boolean parked = caughtUp && !untold;
    long asked = System.nanoTime();
    FeedPage page = client.page(reading.sequence(), reading.place(), parked ? WAIT : Duration.ZERO);
    if (!own.name().equals(page.trustDomain())) {
      throw new IOException("the service is of trust domain "
          + page.trustDomain()
          + ", this broker of "
          + own
          + "; its pages are not used");
    }
    if (reading.feedId() != null && !reading.feedId().equals(page.feedId())) {
      throw new FeedBehindException(
          "it is now " + page.feedId() + ", no longer " + reading.feedId());
    }
    if (page.head() < reading.sequence()) {
      throw new FeedBehindException("it ends at " + page.head() + ", before " + reading.sequence()
          + ", the place already read");
    }
    if (parked && page.entries().isEmpty() && System.nanoTime() - asked < SHORTEST_PARKED_NANOS) {
      // A service that does not park must not be asked in a tight loop.
      pause();
    }
    Instant now = clock.look();
    FeedSnapshot read = reading.with(page, now);
    reading = judged(clock.isSteady() ? read.forgetting(now) : read, parked);
    caughtUp = reading.sequence() >= page.head() && !doubtful;
    if (caughtUp) {
      fromTheStart = false;
    }
    // Half of a first reading is no state to admit by: its denials may still be to come.
    if (!fromTheStart) {
      putInForce(reading);
    }
  }

  /** A bundle with a fault stays offered: what is wrong may be put right without the feed's doing. */
  private FeedSnapshot judged(FeedSnapshot next, boolean parked) {
    doubtful = false;
    Bundle offered = next.offered();
    if (offered == null) {
      return next;
    }
    Optional<String> fault = bundles.fault(offered, client.service());
    if (fault.isEmpty()) {
      return next.withOffered();
    }
    // A connection shows the certificate of when it began: the service may have another by now.
    client.reconnect();
    if (parked) {
      doubtful = true;
    } else if (!offered.equals(refused)) {
      refused = offered;
      log.error(
          "THE FEED'S BUNDLE IS NOT USED: it {}. Whom this broker trusts is as before.",
          fault.get());
    }
    return next;
  }

  private void tellMemory(MemoryWantedException wanted) {
    try {
      memory.tell(current, wanted.getMessage());
      lastFault = wanted.toString();
    } catch (IOException | RuntimeException | Error e) {
      report(e);
    }
  }

  private void startOver(String why) {
    FeedSnapshot kept = current;
    if (reading.sequence() > 0) {
      // It may have been waited for; what was lost meanwhile should not wait longer.
      backoff.reset();
    }
    log.error(
        "THE FEED WENT BACKWARDS: {}. Was the registry restored or replaced? Reading it again from"
            + " the start; {} denials are kept until the feed lifts them.",
        why,
        kept.deniedSerials().size() + kept.deniedIdentities().size());
    reading = kept.onlyDenials();
    fromTheStart = true;
    caughtUp = false;
  }

  private void putInForce(FeedSnapshot next) {
    boolean changed = !next.saysTheSameAs(current);
    unsaved |= changed
        || savedHeardAt == null
        || Duration.between(savedHeardAt, next.heardAt()).compareTo(SAVED_EVERY) >= 0;
    if (unsaved && (caughtUp || System.nanoTime() - savedAtNanos >= SAVED_WHILE_READING_NANOS)) {
      save(next);
    }
    current = next;
    untold |= changed;
    if (untold) {
      listener.changed(told, next);
      log.info("feed read to {}", next.sequence());
      untold = false;
    }
    told = next;
  }

  /**
   * A full disk must not keep a revoked device connected: the page is in force all the same, and
   * saved with the next one. After a crash it is read again.
   */
  private void save(FeedSnapshot next) {
    try {
      file.save(next);
      savedHeardAt = next.heardAt();
      savedAtNanos = System.nanoTime();
      unsaved = false;
    } catch (IOException e) {
      savedHeardAt = null;
      unsaved = true;
      log.error("the feed's snapshot could not be saved; it holds in memory only", e);
    }
  }

  /** Once per fault, not once per attempt. */
  private void report(Throwable fault) {
    if (closing.getCount() == 0) {
      return;
    }
    String text = fault.toString();
    if (text.equals(lastFault)) {
      log.debug("the feed is still not heard: {}", text);
    } else if (fault instanceof IOException) {
      log.warn("the feed is not heard, trying on: {}", text);
    } else {
      log.error("the feed is not followed, trying on", fault);
    }
    lastFault = text;
  }

  private void pause() {
    try {
      if (closing.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("no longer following the feed");
      }
    } catch (InterruptedException e) {
      closing.countDown();
    }
  }

  /** Stops; no listener is called after this returns, unless it is stuck for seconds. */
  @Override
  public void close() {
    closing.countDown();
    client.close();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
