package io.mintmark.device;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;

/** The time, and tasks that run later. Thread-safe. */
interface Timers {

  /**
   * A clock may be set while a timer runs: the device that woke up in 1970 learns the date later.
   * So a moment far off is looked at again at least this often.
   */
  Duration LONGEST_SLEEP = Duration.ofMinutes(15);

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
