package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How large a demo is. Immutable.
 *
 * @param devices in the fleet, 1 to 10,000
 * @param folder for the factory's files and the devices' credentials; made when needed, and left to
 *     its owner to delete
 * @param messagesPerSecond the whole fleet's telemetry, above 0
 * @param telemetry how long telemetry is measured before anything else happens
 * @param lifetime of the fleet's certificates, at least 10 s; their renewals are waited for, which
 *     makes up most of a demo's time, and should not come before the telemetry was measured
 */
public record DemoOptions(
    int devices, Path folder, double messagesPerSecond, Duration telemetry, Duration lifetime) {

  private static final int MOST_DEVICES = 10_000;
  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);
  private static final double RATE_PER_DEVICE = 2;
  private static final double HIGHEST_RATE = 400;

  /**
   * @throws IllegalArgumentException if there are too few or too many devices, or the rate or time
   *     is not above 0
   */
  public DemoOptions {
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          "a demo with " + devices + " devices is not possible: use 1 to " + MOST_DEVICES);
    }
    if (!(messagesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a rate of " + messagesPerSecond + " messages a second is not possible: use more than 0");
    }
    if (lifetime.compareTo(SHORTEST_LIFETIME) < 0) {
      throw new IllegalArgumentException(
          "a certificate lifetime of " + lifetime + " is too short: use 10 s or more");
    }
    if (telemetry.isNegative() || telemetry.isZero()) {
      throw new IllegalArgumentException(
          "telemetry cannot be measured for " + telemetry + ": use more than 0 s");
    }
  }

  /**
   * Two messages a second and device, at most 400 in all; five seconds of measured telemetry;
   * certificates that live 40 s and 60 ms for each device, so that all are enrolled and measured
   * before the first renews.
   */
  public static DemoOptions of(int devices, Path folder) {
    return new DemoOptions(
        devices,
        folder,
        Math.min(RATE_PER_DEVICE * devices, HIGHEST_RATE),
        Duration.ofSeconds(5),
        Duration.ofSeconds(40 + (devices * 60L + 999) / 1_000));
  }
}
