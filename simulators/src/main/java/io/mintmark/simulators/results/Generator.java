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

  /** The share of a run that may be full before its figures are the generator's. */
  private static final double TOLERATED = 0.1;

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
    // Which of its event loops is full the generator alone knows; it counts those seconds.
    double full = Math.min(
        seconds,
        Math.max(
            counters.getOrDefault(Names.FULL_SECONDS, 0L),
            seconds(series, each -> each.generatorBusy() > FULL * processors)));
    double shared = seconds(
        series,
        each -> each.targetBusy() != null
            && each.generatorBusy() + each.targetBusy() > FULL * processors);
    boolean behind = ticks > 0 && late > LATE * ticks;
    boolean bottleneck = behind || full > TOLERATED * seconds;
    return new Generator(
        processors,
        Math.round(cpu * 1e3) / 1e3,
        Math.round(1e3 * cpu / seconds) / 1e3,
        busiest,
        per,
        ticks,
        late,
        bottleneck,
        verdict(processors, cpu / seconds, ticks, late, behind, full, shared, seconds));
  }

  private static String verdict(
      int processors,
      double busy,
      long ticks,
      long late,
      boolean behind,
      double full,
      double shared,
      double seconds) {
    String kept = "it kept %.1f of %d processors busy".formatted(busy, processors);
    String limit = full < 0.5
        ? ""
        : " The generator was busy to its limit in %,.0f of %,.0f seconds%s."
            .formatted(
                full,
                Math.max(1, seconds),
                full > TOLERATED * seconds ? ": rates are lower bounds" : "");
    if (behind) {
      return ("The generator was the bottleneck: %,d of %,d beginnings were late (%.1f %%), which is in"
              + " the latencies; %s.%s")
          .formatted(late, ticks, 100.0 * late / ticks, kept, limit);
    }
    if (full > TOLERATED * seconds) {
      return "The generator was the bottleneck: it had no processor left, or no time on an event loop that"
          + " connections wait for; %s.%s".formatted(kept, limit);
    }
    if (shared > TOLERATED * seconds) {
      return ("The machine was full for %.0f %% of the time: generator and installation share its %d"
              + " processors, so that rates are lower bounds and latencies upper ones.%s")
          .formatted(100 * shared / seconds, processors, limit);
    }
    return "The generator kept up: %s%s.%s"
        .formatted(
            ticks > 0 ? "%,d of %,d beginnings were late; ".formatted(late, ticks) : "",
            kept,
            limit);
  }

  /** How long all intervals were that meet it. */
  private static double seconds(List<Interval> series, Predicate<Interval> condition) {
    return series.stream().filter(condition).mapToDouble(Interval::seconds).sum();
  }
}
