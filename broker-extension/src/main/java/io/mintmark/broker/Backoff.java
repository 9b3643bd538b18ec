package io.mintmark.broker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from a first delay up to a longest, each
 * shortened by chance by up to a half, so that brokers that lost the service together do not return
 * together. Not thread-safe.
 */
final class Backoff {

  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private Duration next;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
    this.next = first;
  }

  /** The delay before the next attempt, between a half and the whole of the current step. */
  Duration next() {
    Duration step = next;
    next = step.multipliedBy(2).compareTo(longest) > 0 ? longest : step.multipliedBy(2);
    return Duration.ofMillis((long) (step.toMillis() * (0.5 + random.nextDouble() / 2)));
  }

  /** After a success: start from the first delay again. */
  void reset() {
    next = first;
  }
}
