package io.mintmark.device;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: capped exponential backoff. Pure but for its random
 * generator, and as thread-safe as that.
 */
final class Backoff {

  private static final int MOST_DOUBLINGS = 30;

  private final Duration first;
  private final Duration longest;
  private final double least;
  private final RandomGenerator random;

  private Backoff(Duration first, Duration longest, double least, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.least = least;
    this.random = random;
  }

  /** Full jitter: anything from nothing to the whole wait, so that a fleet does not come at once. */
  static Backoff reconnect(Duration first, Duration longest, RandomGenerator random) {
    return new Backoff(first, longest, 0, random);
  }

  /** After a refusal: at least half of the wait, so that who is refused does not hammer. */
  static Backoff refused(Duration first, Duration longest, RandomGenerator random) {
    return new Backoff(first, longest, 0.5, random);
  }

  /**
   * @param failures how many attempts failed in a row, at least 1
   */
  Duration after(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, MOST_DOUBLINGS);
    double whole =
        Math.min((double) first.toMillis() * (1L << doublings), (double) longest.toMillis());
    return Duration.ofMillis((long) (whole * (least + (1 - least) * random.nextDouble())));
  }
}
