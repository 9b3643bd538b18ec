package io.mintmark.device;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread on which a client calls the application: handlers and listener, one call after the
 * other. It exists while there is something to call and a few seconds longer, so a device that only
 * publishes does not pay for it. Thread-safe.
 */
final class Callbacks {

  private static final System.Logger LOG = System.getLogger(Callbacks.class.getName());
  private static final long IDLE_SECONDS = 5;

  private final DeviceListener listener;
  private final ThreadPoolExecutor thread;
  private volatile Thread current;

  Callbacks(String name, DeviceListener listener) {
    this.listener = listener;
    ThreadFactory threads = task -> {
      Thread created = new Thread(task, name);
      created.setDaemon(true);
      current = created;
      return created;
    };
    thread = new ThreadPoolExecutor(
        1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    thread.allowCoreThreadTimeOut(true);
  }

  /** Tells the listener something, in its turn. */
  void tell(Consumer<DeviceListener> event) {
    run(() -> {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "the device listener failed", e);
      }
    });
  }

  /** Runs a task in its turn; one that comes after the close is dropped. */
  void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "callback after the client was closed", e);
    }
  }

  /** How many tasks wait for their turn. */
  int waiting() {
    return thread.getQueue().size();
  }

  /** Whether the caller is the callback thread. */
  boolean isCurrent() {
    return Thread.currentThread() == current;
  }

  /**
   * Takes no more tasks, and waits for those it has unless called from one of them.
   *
   * @param patience how long to wait; what is running then is interrupted
   */
  void close(Duration patience) throws InterruptedException {
    thread.shutdown();
    if (!isCurrent() && !thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      thread.shutdownNow();
    }
  }
}
