package io.mintmark.simulators;

import java.nio.file.Path;

/**
 * How many renewals are played, and under which traffic. Immutable.
 *
 * @param devices who renew, each in turn
 * @param renewals of all devices together, one after the other
 * @param renewalsPerSecond how often one begins, at most
 * @param messagesPerSecond telemetry of all devices together; half as many commands go the other way
 * @param folder for the factory's files and the devices' memories; made when needed, and left to its
 *     owner to delete
 */
public record RenewOptions(
    int devices, int renewals, double renewalsPerSecond, double messagesPerSecond, Path folder) {

  private static final int MOST_DEVICES = 1_000;

  /** What the service lets a device do in a burst, less its enrolment. */
  private static final int MOST_EACH = 50;

  /**
   * @throws IllegalArgumentException if it is not possible
   */
  public RenewOptions {
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          devices + " devices are not possible: use 1 to " + MOST_DEVICES);
    }
    if (renewals < 1 || renewals > devices * MOST_EACH) {
      throw new IllegalArgumentException(renewals + " renewals of " + devices
          + " devices are not possible: use 1 to " + devices * MOST_EACH
          + ", or more devices: the service puts off who asks more often");
    }
    if (!(renewalsPerSecond > 0) || !(messagesPerSecond > 0)) {
      throw new IllegalArgumentException("rates of " + renewalsPerSecond + " renewals and "
          + messagesPerSecond + " messages a second are not possible: use more than 0");
    }
  }
}
