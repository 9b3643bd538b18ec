package io.mintmark.device;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;

/** The time, and tasks that run later. Thread-safe. */
interface Timers {

  /**
   * A clock may be set while a timer runs: the device that woke up in 1970 learns the date later.
   * So a moment far off is looked at again at least this often: every 15 minutes, or as the system
   * property {@code mintmark.device.longest-sleep-millis} says, for tests that move the clock.
   */
  Duration LONGEST_SLEEP = Duration.ofMillis(Long.getLong(
      "mintmark.device.longest-sleep-millis", Duration.ofMinutes(15).toMillis()));

  /** The time of day. */
  Instant now();

  /** Runs a short task after the wait, one that waits for neither network nor application. */
  Future<?> in(Duration wait, Runnable task);

  /** How long to sleep before looking at the clock again, for something due at the moment. */
  default Duration until(Instant moment) {
    Duration left = Duration.between(now(), moment);
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LONGEST_SLEEP) < 0 ? left : LONGEST_SLEEP;
  }
}
