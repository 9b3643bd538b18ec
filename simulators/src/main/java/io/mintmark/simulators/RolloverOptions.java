package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How large a rollover is played. Immutable.
 *
 * @param devices in the fleet, 1 to 10,000
 * @param folder for the factory's files and the devices' memories; made when needed, and left to its
 *     owner to delete
 * @param messagesPerSecond the whole fleet's telemetry, above 0
 * @param lifetime of the fleet's certificates, 10 s to a day; each step waits for the devices to
 *     renew, so that all takes three to four of these
 */
public record RolloverOptions(
    int devices, Path folder, double messagesPerSecond, Duration lifetime) {

  private static final int MOST_DEVICES = 10_000;
  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);
  private static final double RATE_PER_DEVICE = 2;
  private static final double HIGHEST_RATE = 400;

  /**
   * @throws IllegalArgumentException if there are too few or too many devices, the rate is not above
   *     0, or the lifetime too short or too long
   */
  public RolloverOptions {
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          "a rollover with " + devices + " devices is not possible: use 1 to " + MOST_DEVICES);
    }
    if (!(messagesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a rate of " + messagesPerSecond + " messages a second is not possible: use more than 0");
    }
    if (lifetime.compareTo(SHORTEST_LIFETIME) < 0 || lifetime.compareTo(LONGEST_LIFETIME) > 0) {
      throw new IllegalArgumentException(
          "a certificate lifetime of " + lifetime.toSeconds() + "s is not possible: use 10s to 1d");
    }
  }

  /** Two messages a second and device, at most 400 in all. */
  public static RolloverOptions of(int devices, Path folder, Duration lifetime) {
    return new RolloverOptions(
        devices, folder, Math.min(RATE_PER_DEVICE * devices, HIGHEST_RATE), lifetime);
  }
}
