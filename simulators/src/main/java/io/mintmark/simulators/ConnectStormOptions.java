package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How large a connect storm is. Immutable.
 *
 * @param devices how many there are; they connect in turn, again and again
 * @param concurrency how many connect at a time
 * @param cold how long each broker is measured right after its port has opened
 * @param warmup how long it is then loaded without being measured; may be 0
 * @param warm how long it is measured after that, in short phases by turns with the others
 * @param folder for the factory's files; made when needed, and left to its owner to delete
 */
public record ConnectStormOptions(
    int devices, int concurrency, Duration cold, Duration warmup, Duration warm, Path folder) {

  private static final int MOST_DEVICES = 100_000;
  private static final int MOST_AT_ONCE = 1_000;
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * @throws IllegalArgumentException if a number or a duration is too small or too large
   */
  public ConnectStormOptions {
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          "a storm of " + devices + " devices is not possible: use 1 to " + MOST_DEVICES);
    }
    if (concurrency < 1 || concurrency > Math.min(devices, MOST_AT_ONCE)) {
      throw new IllegalArgumentException(concurrency
          + " connections at a time are not possible: use 1 to "
          + MOST_AT_ONCE
          + ", and no more than there are devices");
    }
    require("measuring cold", cold, Duration.ofSeconds(1));
    require("warming up", warmup, Duration.ZERO);
    require("measuring warm", warm, Duration.ofSeconds(1));
  }

  private static void require(String what, Duration time, Duration least) {
    if (time.compareTo(least) < 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(what + " for " + time.toSeconds()
          + " s is not possible: use " + least.toSeconds() + " to " + LONGEST.toSeconds());
    }
  }
}
