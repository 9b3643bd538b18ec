package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long a life is played, and in what steps. Immutable.
 *
 * @param days by the clock that is moved
 * @param step how far it jumps at a time, whole minutes, at most a sixth of a certificate's life
 * @param pace how long everybody has at least, really, before the next jump
 * @param lifetime of the devices' certificates
 * @param devices in the fleet
 * @param messagesPerSecond the whole fleet's telemetry, in real seconds
 * @param folder for the factory's files and the devices' memories; made when needed, and left to its
 *     owner to delete
 */
public record LifetimeOptions(
    int days,
    Duration step,
    Duration pace,
    Duration lifetime,
    int devices,
    double messagesPerSecond,
    Path folder) {

  private static final int MOST_DAYS = 3_650;
  private static final int MOST_DEVICES = 1_000;
  private static final Duration SHORTEST_STEP = Duration.ofMinutes(1);

  /** A device that is due at three quarters must not be over at the next look. */
  private static final int STEPS_IN_A_LIFE = 6;

  /**
   * @throws IllegalArgumentException if it is not possible
   */
  public LifetimeOptions {
    if (days < 1 || days > MOST_DAYS) {
      throw new IllegalArgumentException(days + " days are not possible: use 1 to " + MOST_DAYS);
    }
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          devices + " devices are not possible: use 1 to " + MOST_DEVICES);
    }
    if (step.compareTo(SHORTEST_STEP) < 0
        || step.multipliedBy(STEPS_IN_A_LIFE).compareTo(lifetime) > 0) {
      throw new IllegalArgumentException(
          "steps of " + step.toMinutes() + " minutes are not possible"
              + " with certificates of " + lifetime.toMinutes() + ": use 1 to "
              + lifetime.toMinutes() / STEPS_IN_A_LIFE);
    }
    if (!(messagesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a rate of " + messagesPerSecond + " messages a second is not possible: use more than 0");
    }
  }

  /** The life of the devices' certificates that may be left when the clock jumps. */
  Duration leastLeft() {
    // The renewal window ends at three quarters.
    return lifetime.dividedBy(4);
  }

  /** The least renewals of a device: each at the end of the window, and a step late. */
  long leastRenewals() {
    long longestLife = lifetime.minus(leastLeft()).plus(step).toMillis();
    return Math.max(1, Duration.ofDays(days).toMillis() / longestLife - 1);
  }
}
