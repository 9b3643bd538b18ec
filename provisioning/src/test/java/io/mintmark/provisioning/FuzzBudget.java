package io.mintmark.provisioning;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Holds the reading of one input to what reading may cost, and what it says to one line. */
final class FuzzBudget {

  /** Of processor time: a busy machine must not look like a hang. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private static final long MOST_BYTES = 64L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private FuzzBudget() {}

  /** Reads one input; a {@link Refusal} is a good answer, anything else thrown is not. */
  @FunctionalInterface
  interface Reading {
    void run() throws Exception;
  }

  /** What reads one input. */
  @FunctionalInterface
  interface Target {
    void read(byte[] input) throws Exception;
  }

  /** Loads and instruments what the seeds come to: on a busy machine that takes the longest. */
  static void warmUp(String seeds, Target target) throws Exception {
    try (Stream<Path> files = Files.list(Path.of(seeds))) {
      for (Path file : files.toList()) {
        target.read(Files.readAllBytes(file));
      }
    }
  }

  static void spend(Reading reading) throws Exception {
    // What comes to something new loads classes, at times: only the second time counts.
    if (overspent(reading) != null) {
      String excess = overspent(reading);
      if (excess != null) {
        throw new AssertionError("reading " + excess);
      }
    }
  }

  private static String overspent(Reading reading) throws Exception {
    long nanos = THREADS.getCurrentThreadCpuTime();
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reading.run();
    } catch (Refusal refusal) {
      requireOneLine(refusal.getMessage());
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    if (nanos > LONGEST.toNanos()) {
      return "took " + nanos / 1_000_000 + " ms of processor time";
    }
    return bytes > MOST_BYTES ? "allocated " + (bytes >> 20) + " MiB" : null;
  }

  /** What is said about an input goes into logs and terminals, and must not be able to forge there. */
  static void requireOneLine(String message) {
    if (!message.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new AssertionError("not one printable line: " + message);
    }
  }
}
