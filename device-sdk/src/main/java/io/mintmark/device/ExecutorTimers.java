package io.mintmark.device;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers of an executor: the application's, or the one all clients of the process share. */
final class ExecutorTimers implements Timers {

  /** One thread, gone a moment after the last timer. */
  private static final class Shared {
    static final ScheduledThreadPoolExecutor EXECUTOR = create();

    private static ScheduledThreadPoolExecutor create() {
      ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "mintmark-timer");
        thread.setDaemon(true);
        return thread;
      });
      executor.setRemoveOnCancelPolicy(true);
      executor.setKeepAliveTime(5, TimeUnit.SECONDS);
      // The last core thread leaves only when no timer is left, so none is missed.
      executor.allowCoreThreadTimeOut(true);
      return executor;
    }
  }

  private final ScheduledExecutorService executor;
  private final Clock clock;

  /**
   * @param executor null for the shared one
   */
  ExecutorTimers(ScheduledExecutorService executor, Clock clock) {
    this.executor = executor == null ? Shared.EXECUTOR : executor;
    this.clock = clock;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public Future<?> in(Duration wait, Runnable task) {
    return executor.schedule(task, wait.toMillis(), TimeUnit.MILLISECONDS);
  }
}
