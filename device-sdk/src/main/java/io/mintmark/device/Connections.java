package io.mintmark.device;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;

/**
 * Keeps the client connected: one connection in service and at most one being made, which follows
 * it. After a loss it reconnects with backoff; when the credential is renewed it prepares the next
 * connection up to the TLS handshake, lets the last one settle what it has in flight and say
 * goodbye, and only then sends CONNECT. Thread-safe.
 */
final class Connections implements Link.Owner {

  /** A connection that lasted this long ends the row of failures before it. */
  private static final Duration STABLE = Duration.ofSeconds(10);

  /** How long in-flight messages may delay a move; what is left is sent again with DUP. */
  private static final Duration SETTLE = Duration.ofMillis(250);

  /** How long the broker may take to close a connection we said goodbye on. */
  private static final Duration GOODBYE = Duration.ofMillis(250);

  private final IdentityKeeper keeper;
  private final Session session;
  private final Callbacks callbacks;
  private final Timers timers;
  private final Backoff reconnect;
  private final Backoff refused;
  private final Function<Link.Owner, Link> links;
  private final Runnable credentialChanged;
  private final Consumer<TlsCredential> brokerDistrusted;

  private Link current;
  private Link next;
  private Link predecessor;
  private CompletableFuture<Void> first;
  private final List<CompletableFuture<Void>> movers = new ArrayList<>();
  private Future<?> timer;
  private int failures;
  private int refusals;
  private boolean distrust;

  /** What the broker would not take, or no longer. */
  private TlsCredential doubted;

  /** What came in its place; not replaced again before it was taken once. */
  private TlsCredential replacement;

  private boolean up;
  private boolean keepTrying;
  private boolean closed;

  /**
   * @param links makes a connection for an owner
   * @param credentialChanged told when there may be a credential that was enrolled
   * @param brokerDistrusted told, on the next attempt, that on the last the broker's certificate was
   *     by no root trusted here: there may be new ones; may take as long as a few requests
   */
  Connections(
      IdentityKeeper keeper,
      Session session,
      Callbacks callbacks,
      Timers timers,
      Backoff reconnect,
      Backoff refused,
      Function<Link.Owner, Link> links,
      Runnable credentialChanged,
      Consumer<TlsCredential> brokerDistrusted) {
    this.keeper = keeper;
    this.session = session;
    this.callbacks = callbacks;
    this.timers = timers;
    this.reconnect = reconnect;
    this.refused = refused;
    this.links = links;
    this.credentialChanged = credentialChanged;
    this.brokerDistrusted = brokerDistrusted;
  }

  /**
   * Connects for the first time, or not at all.
   *
   * @param connected completed when connected, failed when that failed; then nothing goes on
   */
  synchronized void open(CompletableFuture<Void> connected) {
    if (closed) {
      connected.completeExceptionally(wasClosed());
      return;
    }
    first = connected;
    connect();
  }

  /** Connects, however often it has to be tried. */
  synchronized void openPersistently() {
    keepTrying = true;
    if (!closed) {
      connect();
    }
  }

  synchronized boolean isUp() {
    return current != null;
  }

  /** Whether the caller is a thread of the connection in service. */
  synchronized boolean isCurrentThread() {
    return current != null && current.isCurrentThread();
  }

  /** What the connection in service was made with; empty if there is none. */
  synchronized Optional<TlsCredential> inService() {
    return Optional.ofNullable(current).map(Link::credential);
  }

  /**
   * Takes the connection to the keeper's current credential.
   *
   * @param done completed when it has moved; at once if there is none, as the next will use it
   */
  synchronized void move(CompletableFuture<Void> done) {
    if (closed || current == null || isCurrent(current)) {
      done.complete(null);
      return;
    }
    movers.add(done);
    // One that is being made already is looked at when it is there.
    if (next == null) {
      connect();
    }
  }

  /**
   * Gives up a first attempt that has not come to an end.
   *
   * @param patience how long to wait for that
   */
  void abandon(Duration patience) throws InterruptedException {
    Link inTheMaking;
    synchronized (this) {
      inTheMaking = next;
      next = null;
      first = null;
    }
    if (inTheMaking != null) {
      inTheMaking.abort();
      inTheMaking.awaitEnd(patience);
    }
  }

  /**
   * Says goodbye and ends; waits a moment for that.
   *
   * @param patience how long for what is in flight, and for the goodbye
   */
  void close(Duration patience) throws InterruptedException {
    Link inService;
    Link inTheMaking;
    synchronized (this) {
      closed = true;
      cancelTimer();
      inService = current;
      inTheMaking = next;
    }
    if (inTheMaking != null) {
      inTheMaking.abort();
    }
    if (inService != null) {
      inService.retire();
      if (!inService.awaitEnd(patience)) {
        inService.abort();
        inService.awaitEnd(patience);
      }
    }
    if (inTheMaking != null) {
      inTheMaking.awaitEnd(patience);
    }
  }

  @Override
  public TlsCredential credential() throws DeviceException {
    TlsCredential credential = validCredential();
    credentialChanged.run();
    boolean doubtful;
    synchronized (this) {
      doubtful = distrust;
      distrust = false;
    }
    if (doubtful) {
      brokerDistrusted.accept(credential);
    }
    return credential;
  }

  private TlsCredential validCredential() throws DeviceException {
    TlsCredential not;
    synchronized (this) {
      not = doubted;
      doubted = null;
    }
    if (not == null) {
      return keeper.valid();
    }
    TlsCredential credential = keeper.insteadOf(not);
    synchronized (this) {
      if (!credential.equals(not)) {
        replacement = credential;
      }
    }
    return credential;
  }

  @Override
  public void ready(Link link) throws InterruptedException {
    Link old;
    synchronized (this) {
      old = current;
    }
    if (old == null) {
      return;
    }
    session.hold(SETTLE);
    synchronized (this) {
      // Once it is nobody's connection, its end is no loss to be reported.
      if (closed || current != old) {
        session.release();
        return;
      }
      predecessor = old;
      current = null;
    }
    old.retire();
    if (!old.awaitEnd(GOODBYE)) {
      old.abort();
    }
  }

  @Override
  public void established(Link link) {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    synchronized (this) {
      // One that was abandoned may still have made it.
      if (closed || link != next) {
        link.retire();
        return;
      }
      current = link;
      next = null;
      refusals = 0;
      replacement = null;
      boolean present = link.attachment().sessionPresent();
      Link old = predecessor;
      predecessor = null;
      if (old != null && old.leftAt() != 0 && up) {
        Duration gap = Duration.ofNanos(link.establishedAt() - old.leftAt());
        callbacks.tell(l -> l.moved(gap, present));
      } else {
        callbacks.tell(l -> l.connected(present));
      }
      up = true;
      keepTrying = true;
      if (isCurrent(link)) {
        done.addAll(waiters());
      } else {
        connect();
      }
    }
    done.forEach(future -> future.complete(null));
  }

  @Override
  public void ended(Link link, DeviceException cause) {
    List<CompletableFuture<Void>> failed = new ArrayList<>();
    synchronized (this) {
      boolean inService = link == current;
      boolean inTheMaking = link == next;
      if (inService) {
        current = null;
        if (System.nanoTime() - link.establishedAt() > STABLE.toNanos()) {
          failures = 0;
        }
      } else if (inTheMaking) {
        next = null;
        predecessor = null;
        distrust = Failures.isDistrust(cause);
        failed.addAll(waiters());
      }
      if (!closed && (inService || inTheMaking)) {
        if (isAboutItsCredential(cause, inTheMaking)
            && link.credential() != null
            && !link.credential().equals(replacement)) {
          doubted = link.credential();
        }
        onEnd(cause, inTheMaking);
      }
    }
    // Aborted by the close, it failed in some way that means nothing.
    DeviceException outcome = isClosed() || cause == null ? wasClosed() : cause;
    failed.forEach(future -> future.completeExceptionally(outcome));
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static DeviceException wasClosed() {
    return DeviceException.from(
        Origin.CLOSED, new RetryLaterException("the client was closed meanwhile: build a new one"));
  }

  /** Whether another certificate may help: the broker says so, or does not say that it would not. */
  private static boolean isAboutItsCredential(DeviceException cause, boolean inTheMaking) {
    if (cause == null) {
      return false;
    }
    int code = cause.reasonCode().orElse(0);
    if (!inTheMaking) {
      return code == MqttReturnCode.RETURN_CODE_MAXIMUM_CONNECT_TIME;
    }
    // Without a code it was refused in TLS.
    return cause instanceof RefusedException
        && !Failures.isDistrust(cause)
        && (code == 0 || code == MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED);
  }

  /** Who waits for the connection that is being made; nobody after this. */
  private List<CompletableFuture<Void>> waiters() {
    List<CompletableFuture<Void>> waiters = new ArrayList<>(movers);
    movers.clear();
    if (first != null) {
      waiters.add(first);
      first = null;
    }
    return waiters;
  }

  private void onEnd(DeviceException cause, boolean inTheMaking) {
    if (current == null && up) {
      up = false;
      callbacks.tell(l -> l.disconnected(cause));
    }
    if (current != null) {
      session.release();
    }
    if (!keepTrying || next != null) {
      return;
    }
    Duration wait = pause(cause, inTheMaking);
    Instant again = timers.now().plus(wait);
    if (inTheMaking && cause instanceof RefusedException refusal) {
      callbacks.tell(l -> l.refused(refusal, again));
    } else {
      callbacks.tell(l -> l.retrying(cause, again));
    }
    cancelTimer();
    timer = timers.in(wait, this::retry);
  }

  private Duration pause(DeviceException cause, boolean inTheMaking) {
    // A connection that was in service was not refused; whether the next is, it will tell.
    if (inTheMaking && cause instanceof RefusedException) {
      return refused.after(++refusals);
    }
    Duration wait = reconnect.after(++failures);
    Optional<Duration> asked =
        cause instanceof RetryLaterException later ? later.retryAfter() : Optional.empty();
    return asked.filter(a -> a.compareTo(wait) > 0).orElse(wait);
  }

  private synchronized void retry() {
    if (!closed && next == null && (current == null || !isCurrent(current))) {
      connect();
    }
  }

  private void connect() {
    cancelTimer();
    next = links.apply(this);
    try {
      next.start();
    } catch (OutOfMemoryError e) {
      // No thread to be had, which on a small device is no reason to give up for good.
      ended(next, new RetryLaterException("cannot start a thread to connect on", e));
    }
  }

  private boolean isCurrent(Link link) {
    return keeper.current().map(c -> c.equals(link.credential())).orElse(true);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
