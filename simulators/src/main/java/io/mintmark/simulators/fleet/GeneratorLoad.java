package io.mintmark.simulators.fleet;

import io.mintmark.simulators.ProcessCpu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How busy this process is with playing devices: told to who reads the figures, so that a generator at
 * its limit is not taken for a slow broker. Looked at by turns of about a second ({@link #sample}); thread-safe.
 */
public final class GeneratorLoad {

  /** What the names of event loops begin with. */
  static final String LOOPS = "swarm-loop";

  /** A share from which what waits may wait for the generator. */
  private static final double BUSY = 0.9;

  /** More such seconds than this share of all, and the figures are the generator's. */
  private static final double TOLERATED = 0.05;

  /**
   * What a run came to.
   *
   * @param took its time
   * @param cpu processor time of this process
   * @param cores processors it may use
   * @param busiest share of all its processors in its busiest second
   * @param busiestLoop share of one processor that the busiest event loop used in its busiest second; 0
   *     where the engine has none
   * @param busySeconds share of the seconds in which either was above 90 %
   */
  public record Figures(
      Duration took,
      Duration cpu,
      int cores,
      double busiest,
      double busiestLoop,
      double busySeconds) {

    /** Whether the generator may have been what others waited for. */
    public boolean isBottleneck() {
      return busySeconds > TOLERATED;
    }

    /** Processor time for each of so many operations; zero if there were none. */
    public Duration perOperation(long operations) {
      return operations == 0 ? Duration.ZERO : cpu.dividedBy(operations);
    }

    /** One line for a report. */
    public String text() {
      return "generator: %.1f s of processor time in %.1f s on %d cores, at most %.0f %% of them, event loop at most %.0f %%%s"
          .formatted(
              cpu.toNanos() / 1e9,
              took.toNanos() / 1e9,
              cores,
              100 * busiest,
              100 * busiestLoop,
              isBottleneck()
                  ? "; it WAS THE BOTTLENECK in %.0f %% of the time: take the figures as its own"
                      .formatted(100 * busySeconds)
                  : "; it was not the bottleneck");
    }
  }

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final int cores = Runtime.getRuntime().availableProcessors();
  private final long start = System.nanoTime();
  private final Duration cpuBefore = cpu();
  private final List<Double> shares = new ArrayList<>();
  private final List<Double> loopShares = new ArrayList<>();
  private Map<Long, Long> loopsBefore = loops();
  private Duration cpuLast = cpuBefore;
  private long last = start;

  /** Begins to look. */
  public GeneratorLoad() {}

  /**
   * What it was since the last look; to be called about once a second.
   *
   * @return whether it was at its limit: above 90 % of all its processors, or with an event loop above
   *     90 % of one
   */
  public synchronized boolean sample() {
    long now = System.nanoTime();
    long passed = Math.max(1, now - last);
    Duration cpuNow = cpu();
    shares.add((double) cpuNow.minus(cpuLast).toNanos() / passed / cores);
    Map<Long, Long> loopsNow = loops();
    double busiest = 0;
    for (Map.Entry<Long, Long> loop : loopsNow.entrySet()) {
      long used = loop.getValue() - loopsBefore.getOrDefault(loop.getKey(), 0L);
      busiest = Math.max(busiest, (double) used / passed);
    }
    loopShares.add(busiest);
    loopsBefore = loopsNow;
    cpuLast = cpuNow;
    last = now;
    return isBusy(shares.get(shares.size() - 1), busiest);
  }

  /**
   * Whether it was at its limit.
   *
   * @param share of all processors it may use
   * @param loop share of one processor that its busiest event loop used
   */
  static boolean isBusy(double share, double loop) {
    return share > BUSY || loop > BUSY;
  }

  /** What it was from the beginning up to the last look. */
  public synchronized Figures figures() {
    int busy = 0;
    for (int i = 0; i < shares.size(); i++) {
      busy += isBusy(shares.get(i), loopShares.get(i)) ? 1 : 0;
    }
    return new Figures(
        Duration.ofNanos(last - start),
        cpuLast.minus(cpuBefore),
        cores,
        most(shares),
        most(loopShares),
        (double) busy / Math.max(1, shares.size()));
  }

  private static double most(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  private Map<Long, Long> loops() {
    Map<Long, Long> used = new HashMap<>();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith(LOOPS)) {
        used.put(thread.getThreadId(), Math.max(0, threads.getThreadCpuTime(thread.getThreadId())));
      }
    }
    return used;
  }

  private static Duration cpu() {
    try {
      return ProcessCpu.of(ProcessHandle.current());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
