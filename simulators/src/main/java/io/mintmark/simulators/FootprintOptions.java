package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How many clients are measured. Immutable.
 *
 * @param clients each of a device of its own
 * @param warmup how many start before, unmeasured
 * @param settle how long clients are idle before they are counted; the thread for callbacks leaves
 *     five seconds after the last one
 * @param folder for the factory's files and the devices' memories; made when needed, and left to its
 *     owner to delete
 */
public record FootprintOptions(int clients, int warmup, Duration settle, Path folder) {

  private static final int MOST = 2_000;

  /**
   * @throws IllegalArgumentException if it is not possible
   */
  public FootprintOptions {
    if (clients < 1 || clients > MOST || warmup < 1 || warmup > MOST) {
      throw new IllegalArgumentException(clients + " clients after " + warmup
          + " unmeasured are not possible: use 1 to " + MOST + " of each");
    }
  }
}
