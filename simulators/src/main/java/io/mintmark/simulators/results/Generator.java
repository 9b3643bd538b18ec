package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Results.Interval;
import io.mintmark.simulators.results.Sink.Sample;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;

/**
 * What playing the devices cost, and whether that held the figures down. Immutable.
 *
 * @param processors as many as the generator may use
 * @param cpuSeconds processor time of it
 * @param busy processors it kept busy on average
 * @param busiest processors it kept busy in its busiest interval
 * @param cpuMillisPer processor time by operation: all the generator used from the first due moment
 *     of the operation to its last end, for each that came through; whatever else went on at that
 *     time is in it
 * @param ticks beginnings that open loops had planned
 * @param lateTicks those of them that were late
 * @param bottleneck whether the generator was behind, so that figures say more of it than of the
 *     installation
 * @param verdict the same as a sentence
 */
public record Generator(
    int processors,
    double cpuSeconds,
    double busy,
    double busiest,
    Map<String, Double> cpuMillisPer,
    long ticks,
    long lateTicks,
    boolean bottleneck,
    String verdict) {

  private static final double LATE = 0.01;
  private static final double FULL = 0.9;

  public Generator {
    cpuMillisPer = Collections.unmodifiableMap(new LinkedHashMap<>(cpuMillisPer));
  }

  static Generator of(
      int processors,
      Sample last,
      List<Interval> series,
      DoubleUnaryOperator cpuAt,
      Map<String, Results.Operation> operations,
      Map<String, Long> counters) {
    double cpu = last == null ? 0 : last.generatorCpu();
    double seconds = last == null ? 1 : Math.max(1e-9, last.interval().to());
    double busiest = series.stream().mapToDouble(Interval::generatorBusy).max().orElse(0);
    Map<String, Double> per = new LinkedHashMap<>();
    operations.forEach((name, operation) -> {
      if (operation.count() > 0) {
        double used =
            cpuAt.applyAsDouble(operation.lastEnd()) - cpuAt.applyAsDouble(operation.firstDue());
        per.put(name, Math.round(1e6 * used / operation.count()) / 1e3);
      }
    });
    long ticks = counters.getOrDefault(Names.TICKS, 0L);
    long late = counters.getOrDefault(Names.LATE_TICKS, 0L);
    double full = share(series, each -> each.generatorBusy() > FULL * processors);
    double shared = share(
        series,
        each -> each.targetBusy() != null
            && each.generatorBusy() + each.targetBusy() > FULL * processors);
    boolean behind = ticks > 0 && late > LATE * ticks;
    long looks = counters.getOrDefault(Names.LOOKS, 0L);
    double loops = looks == 0 ? 0 : (double) counters.getOrDefault(Names.FULL_LOOKS, 0L) / looks;
    boolean bottleneck = behind || full > 0.1 || loops > 0.1;
    return new Generator(
        processors,
        Math.round(cpu * 1e3) / 1e3,
        Math.round(1e3 * cpu / seconds) / 1e3,
        busiest,
        per,
        ticks,
        late,
        bottleneck,
        verdict(processors, cpu / seconds, ticks, late, behind, full, loops, shared));
  }

  private static String verdict(
      int processors,
      double busy,
      long ticks,
      long late,
      boolean behind,
      double full,
      double loops,
      double shared) {
    String kept = "it kept %.1f of %d processors busy".formatted(busy, processors);
    if (behind) {
      return ("The generator was the bottleneck: %,d of %,d beginnings were late (%.1f %%), which is in"
              + " the latencies; %s.")
          .formatted(late, ticks, 100.0 * late / ticks, kept);
    }
    if (full > 0.1) {
      return "The generator was the bottleneck: it used all %d processors for %.0f %% of the time."
          .formatted(processors, 100 * full);
    }
    if (loops > 0.1) {
      return ("The generator was the bottleneck: its event loop was full for %.0f %% of the time, and all"
              + " connections wait for it; %s.")
          .formatted(100 * loops, kept);
    }
    if (shared > 0.1) {
      return ("The machine was full for %.0f %% of the time: generator and installation share its %d"
              + " processors, so that rates are lower bounds and latencies upper ones.")
          .formatted(100 * shared, processors);
    }
    return "The generator kept up: "
        + (ticks > 0 ? "%,d of %,d beginnings were late; ".formatted(late, ticks) : "")
        + kept
        + ".";
  }

  private static double share(List<Interval> series, Predicate<Interval> condition) {
    double all = series.stream().mapToDouble(Interval::seconds).sum();
    return all == 0
        ? 0
        : series.stream().filter(condition).mapToDouble(Interval::seconds).sum() / all;
  }
}
