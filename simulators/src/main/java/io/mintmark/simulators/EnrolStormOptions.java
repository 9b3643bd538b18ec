package io.mintmark.simulators;

import java.nio.file.Path;

/**
 * How large an enrolment storm is. Immutable.
 *
 * @param devices that are measured, at each service
 * @param concurrency how many enrol at a time
 * @param warmup devices that enrol before, unmeasured, at each service; may be 0
 * @param folder for the factory's files; made when needed, and left to its owner to delete
 */
public record EnrolStormOptions(int devices, int concurrency, int warmup, Path folder) {

  private static final int MOST_DEVICES = 1_000_000;
  private static final int MOST_AT_ONCE = 1_000;

  /**
   * @throws IllegalArgumentException if there are too few or too many devices, in all or at a time
   */
  public EnrolStormOptions {
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          "a storm of " + devices + " devices is not possible: use 1 to " + MOST_DEVICES);
    }
    if (warmup < 0 || warmup > MOST_DEVICES) {
      throw new IllegalArgumentException(
          "warming up with " + warmup + " devices is not possible: use 0 to " + MOST_DEVICES);
    }
    if (concurrency < 1 || concurrency > MOST_AT_ONCE) {
      throw new IllegalArgumentException(
          concurrency + " devices at a time are not possible: use 1 to " + MOST_AT_ONCE);
    }
  }
}
