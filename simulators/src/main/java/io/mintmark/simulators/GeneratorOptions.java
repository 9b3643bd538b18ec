package io.mintmark.simulators;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a swarm's own cost is measured.
 *
 * @param devices how many there are, at least 1
 * @param concurrency how many connect at a time, or have a message under way, at least 1
 * @param warmup how long each is done before, unmeasured
 * @param time how long each is measured
 * @param payload bytes of each message
 * @param state the fleet's folder
 */
public record GeneratorOptions(
    int devices, int concurrency, Duration warmup, Duration time, int payload, Path state) {

  /**
   * @throws IllegalArgumentException if that is not possible
   */
  public GeneratorOptions {
    if (devices < 1 || concurrency < 1 || payload < 1) {
      throw new IllegalArgumentException(
          "devices, concurrency and payload have to be at least 1, not %d, %d and %d"
              .formatted(devices, concurrency, payload));
    }
    if (concurrency > devices) {
      throw new IllegalArgumentException(
          concurrency + " at a time need as many devices, not " + devices);
    }
  }
}
