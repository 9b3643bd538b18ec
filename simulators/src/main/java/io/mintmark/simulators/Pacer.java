package io.mintmark.simulators;

import java.time.Duration;

/**
 * When the ticks of an open loop are due: a constant rate that waits for nobody. A pure function of
 * the tick's number; who sends late has to count the lateness as latency, which is why the due
 * moment, not the sending one, goes into the message.
 *
 * @param perSecond ticks a second, above 0
 */
public record Pacer(double perSecond) {

  private static final double NANOS = 1e9;

  /**
   * @throws IllegalArgumentException if the rate is not a positive number
   */
  public Pacer {
    if (!(perSecond > 0) || perSecond > NANOS) {
      throw new IllegalArgumentException(
          "a rate of " + perSecond + " a second is not possible: use a number above 0");
    }
  }

  /** How long after the start a tick is due; the first one, number 0, at once. */
  public Duration due(long tick) {
    return Duration.ofNanos((long) (tick * (NANOS / perSecond)));
  }
}
