package io.mintmark.device;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Timers of an executor: the application's, or the thread all clients of the process share. */
final class ExecutorTimers implements Timers {

  private final ScheduledExecutorService executor;
  private final Clock clock;

  /**
   * @param executor null for the shared thread
   */
  ExecutorTimers(ScheduledExecutorService executor, Clock clock) {
    this.executor = executor;
    this.clock = clock;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public Future<?> in(Duration wait, Runnable task) {
    return executor == null
        ? TimerThread.SHARED.in(wait.toNanos(), task)
        : executor.schedule(task, wait.toMillis(), TimeUnit.MILLISECONDS);
  }
}
