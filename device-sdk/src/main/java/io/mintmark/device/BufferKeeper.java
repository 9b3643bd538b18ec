package io.mintmark.device;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the offline buffer: syncs it, many messages at a time, on a thread that exists while
 * there is something to sync; and tells the listener of losses, but not of each. Thread-safe.
 */
final class BufferKeeper implements BufferWatch {

  private static final System.Logger LOG = System.getLogger(BufferKeeper.class.getName());
  private static final long IDLE_SECONDS = 5;
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final Callbacks callbacks;
  private final Timers timers;
  private final Duration syncWithin;
  private final ThreadPoolExecutor thread;
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private Session session;
  private Future<?> syncTimer;
  private Future<?> quiet;
  private long untold;
  private DeviceException lastCause;
  private boolean failed;
  private boolean closed;

  /**
   * @param syncWithin how soon to sync
   * @param name of the thread
   */
  BufferKeeper(Callbacks callbacks, Timers timers, Duration syncWithin, String name) {
    this.callbacks = callbacks;
    this.timers = timers;
    this.syncWithin = syncWithin;
    thread = new ThreadPoolExecutor(
        1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
          Thread created = new Thread(task, name);
          created.setDaemon(true);
          return created;
        });
    thread.allowCoreThreadTimeOut(true);
  }

  /** Whose buffer it is; told once, before there is something to do. */
  synchronized void lookAfter(Session owner) {
    session = owner;
  }

  @Override
  public synchronized void dropped(long messages, DeviceException cause) {
    untold += messages;
    lastCause = cause;
    if (quiet == null) {
      tell();
    }
  }

  private void tell() {
    long messages = untold;
    DeviceException cause = lastCause;
    untold = 0;
    callbacks.tell(l -> l.dropped(messages, cause));
    quiet = closed ? null : timers.in(QUIET, this::quietIsOver);
  }

  private synchronized void quietIsOver() {
    quiet = null;
    if (untold > 0 && !closed) {
      tell();
    }
  }

  @Override
  public synchronized void dirty() {
    if (syncTimer == null && !closed) {
      boolean again = failed && syncWithin.compareTo(QUIET) < 0;
      syncTimer = timers.in(again ? QUIET : syncWithin, this::syncSoon);
    }
  }

  /** Syncs now; done when all that was published before is safe. */
  CompletableFuture<Void> sync() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(done);
    }
    syncSoon();
    return done;
  }

  private void syncSoon() {
    try {
      thread.execute(this::syncNow);
    } catch (RejectedExecutionException e) {
      failAll(new RetryLaterException("the client was closed"));
    }
  }

  private void syncNow() {
    List<CompletableFuture<Void>> now;
    synchronized (this) {
      now = new ArrayList<>(waiting);
      waiting.clear();
      if (syncTimer != null) {
        syncTimer.cancel(false);
        syncTimer = null;
      }
    }
    try {
      session.sync();
      synced(true);
      now.forEach(future -> future.complete(null));
    } catch (IOException e) {
      synced(false);
      LOG.log(System.Logger.Level.WARNING, "messages cannot be synced: {0}", e.getMessage());
      DeviceException cause =
          new RetryLaterException("messages cannot be synced: " + e.getMessage(), e);
      now.forEach(future -> future.completeExceptionally(cause));
    }
  }

  private synchronized void synced(boolean well) {
    failed = !well;
  }

  private void failAll(DeviceException cause) {
    List<CompletableFuture<Void>> left;
    synchronized (this) {
      left = new ArrayList<>(waiting);
      waiting.clear();
    }
    left.forEach(future -> future.completeExceptionally(cause));
  }

  /**
   * Syncs no more, and tells what is not told yet.
   *
   * @param patience for a sync that is under way
   */
  void close(Duration patience) throws InterruptedException {
    synchronized (this) {
      closed = true;
      if (syncTimer != null) {
        syncTimer.cancel(false);
      }
      if (quiet != null) {
        quiet.cancel(false);
      }
      if (untold > 0) {
        tell();
      }
    }
    thread.shutdown();
    thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    failAll(new RetryLaterException("the client was closed"));
  }
}
