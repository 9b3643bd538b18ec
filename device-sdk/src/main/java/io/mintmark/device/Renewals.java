package io.mintmark.device;

import io.mintmark.identity.RenewalSchedule;
import io.mintmark.identity.RenewalWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Has the credential renewed in time: at the schedule's moment or in the window the issuer suggests, again after a failure, never two at
 * once. The request runs on a thread of its own, which exists only that long. Thread-safe.
 */
final class Renewals {

  /** Who holds the credential. */
  interface Keeper {
    /** The credential in use; empty before the first. */
    Optional<TlsCredential> current();

    /** Replaces it; returns when the new one is stored. */
    TlsCredential renew() throws DeviceException;
  }

  /** Who knows when the issuer would like a credential renewed. */
  interface Advisor {
    /** Tells each wish it learns of, from any thread, until it is to follow another or stop. */
    void follow(TlsCredential credential, Consumer<RenewalWindow> advised);

    /** Tells nothing any more. */
    void stop();

    /** Waits for a question that is under way; not for itself. */
    default void awaitEnd(Duration patience) throws InterruptedException {}
  }

  private final Keeper keeper;
  private final Advisor advisor;
  private final RenewalSchedule schedule;
  private final Backoff refusedBackoff;
  private final Timers timers;
  private final Callbacks callbacks;
  private final String name;
  private final Consumer<CompletableFuture<Void>> move;
  private Future<?> timer;
  private CompletableFuture<Void> running;
  private Thread renewing;
  private TlsCredential scheduled;
  private int failures;
  private boolean open;

  /**
   * @param move takes the connection to the new credential and completes the future then
   */
  Renewals(
      Keeper keeper,
      Advisor advisor,
      RenewalSchedule schedule,
      Backoff refusedBackoff,
      Timers timers,
      Callbacks callbacks,
      String name,
      Consumer<CompletableFuture<Void>> move) {
    this.keeper = keeper;
    this.advisor = advisor;
    this.schedule = schedule;
    this.refusedBackoff = refusedBackoff;
    this.timers = timers;
    this.callbacks = callbacks;
    this.name = name;
    this.move = move;
  }

  /** From now on credentials are renewed. */
  synchronized void open() {
    open = true;
    credentialChanged();
  }

  /** No further renewal begins; one that runs is not waited for. */
  synchronized void close() {
    open = false;
    cancelTimer();
    advisor.stop();
  }

  /** Waits for what {@link #close} did not; not for itself. */
  void awaitEnd(Duration patience) throws InterruptedException {
    Thread thread;
    synchronized (this) {
      thread = renewing;
    }
    if (thread != null && thread != Thread.currentThread()) {
      TimeUnit.NANOSECONDS.timedJoin(thread, patience.toNanos());
    }
    advisor.awaitEnd(patience);
  }

  /** The keeper may have another credential than before: one that was enrolled anew. */
  synchronized void credentialChanged() {
    TlsCredential current = keeper.current().orElse(null);
    if (open && running == null && current != null && !current.equals(scheduled)) {
      scheduled = current;
      failures = 0;
      // Our own moment; the issuer may tell a better one before it comes.
      wake(schedule.firstAttempt(current.lifetime(), Optional.empty()));
      advisor.follow(current, window -> advised(current, window));
    }
  }

  /** Once attempts have failed the backoff decides: it is later than the issuer's wish anyhow. */
  private synchronized void advised(TlsCredential about, RenewalWindow window) {
    if (open && running == null && failures == 0 && about.equals(scheduled)) {
      wake(schedule.firstAttempt(about.lifetime(), Optional.of(window)));
    }
  }

  /** Begins a renewal, or joins the one that runs. */
  synchronized CompletableFuture<Void> renewNow() {
    CompletableFuture<Void> result = running;
    if (result == null) {
      result = new CompletableFuture<>();
      begin(result);
    }
    return result;
  }

  private void begin(CompletableFuture<Void> result) {
    cancelTimer();
    running = result;
    Thread thread = new Thread(() -> renew(result), name + "-renew");
    thread.setDaemon(true);
    renewing = thread;
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      fail(result, new RetryLaterException("cannot start a thread to renew on", e));
    }
  }

  private void wake(Instant due) {
    cancelTimer();
    timer = timers.in(timers.until(due), () -> awake(due));
  }

  private synchronized void awake(Instant due) {
    if (!open || running != null) {
      return;
    }
    if (timers.now().isBefore(due)) {
      wake(due);
    } else {
      begin(new CompletableFuture<>());
    }
  }

  private void renew(CompletableFuture<Void> result) {
    try {
      keeper.renew();
      succeeded();
      move.accept(result);
    } catch (DeviceException e) {
      fail(result, e);
    } catch (RuntimeException | Error e) {
      // Whatever it is, a device that stops renewing because of it is lost when it expires.
      fail(result, new RetryLaterException("the renewal failed: " + e, e));
    }
  }

  private void fail(CompletableFuture<Void> result, DeviceException cause) {
    failed(cause);
    result.completeExceptionally(cause);
  }

  private synchronized void succeeded() {
    running = null;
    credentialChanged();
  }

  private synchronized void failed(DeviceException cause) {
    running = null;
    failures++;
    Instant now = timers.now();
    Instant next = next(cause, now);
    if (open) {
      wake(next);
    }
    callbacks.tell(l -> l.renewalFailed(cause, next));
    if (cause instanceof RefusedException refusal) {
      callbacks.tell(l -> l.refused(refusal, next));
    }
  }

  private Instant next(DeviceException cause, Instant now) {
    if (cause instanceof RefusedException || scheduled == null) {
      return now.plus(refusedBackoff.after(failures));
    }
    Optional<Duration> asked =
        cause instanceof RetryLaterException later ? later.retryAfter() : Optional.empty();
    return schedule.nextAttempt(scheduled.lifetime(), now, failures, asked);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
