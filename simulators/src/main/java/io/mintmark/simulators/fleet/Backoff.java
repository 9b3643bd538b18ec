package io.mintmark.simulators.fleet;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: a random part of a span that doubles with each failure, so
 * that a fleet that was cut off at once does not come back at once.
 *
 * @param first span after the first failure, above 0
 * @param longest where it stops growing
 */
record Backoff(Duration first, Duration longest) {

  private static final int MOST_DOUBLINGS = 30;

  /**
   * Half of the span at least, all of it at most.
   *
   * @param failures in a row, at least 1
   */
  Duration after(int failures, RandomGenerator random) {
    long doubled = first.toNanos() << Math.min(failures - 1, MOST_DOUBLINGS);
    long span = doubled <= 0 ? longest.toNanos() : Math.min(doubled, longest.toNanos());
    return Duration.ofNanos(span / 2 + random.nextLong(span / 2 + 1));
  }
}
