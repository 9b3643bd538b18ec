package io.mintmark.broker;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something later on the threads of a timer; what it throws is logged. HiveMQ's timer is for what
 * is over in a moment: HiveMQ waits for it when it stops.
 */
final class Later {

  private static final Logger log = LoggerFactory.getLogger(Later.class);

  private final ScheduledExecutorService timer;

  Later(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** After the timer was shut down nothing runs any more, and nothing needs to. */
  void run(long afterMillis, Runnable task) {
    try {
      Future<?> unused = timer.schedule(() -> guarded(task), afterMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("the broker is stopping");
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      log.error("a task of the Mintmark extension failed", e);
    }
  }
}
