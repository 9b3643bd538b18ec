package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Results.Interval;
import io.mintmark.simulators.results.Results.Moment;
import io.mintmark.simulators.results.Sink.Sample;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** One interval of a run's series, or several that follow one another; in little memory. */
final class Bucket {

  private final Map<String, Cell> cells = new HashMap<>();
  private Map<String, Long> counters = Map.of();
  private Sample last;
  private Span span;
  private int samples;

  private static final class Cell {
    private String histogram;
    private long failed;

    void add(Histogram micros) {
      if (histogram == null) {
        histogram = Encoded.of(micros);
        return;
      }
      Histogram sum = Encoded.read(histogram);
      sum.add(micros);
      histogram = Encoded.of(sum);
    }

    void add(Cell other) {
      failed += other.failed;
      if (other.histogram != null) {
        add(Encoded.read(other.histogram));
      }
    }

    Moment moment() {
      if (histogram == null) {
        return new Moment(0, failed, null, null, null);
      }
      Histogram micros = Encoded.read(histogram);
      return new Moment(
          micros.getTotalCount(),
          failed,
          micros.getValueAtPercentile(50) / 1e3,
          micros.getValueAtPercentile(99) / 1e3,
          micros.getMaxValue() / 1e3);
    }
  }

  void operation(String operation, Histogram micros) {
    cell(operation).add(micros);
  }

  void failed(String operation, long count) {
    cell(operation).failed += count;
  }

  private Cell cell(String operation) {
    return cells.computeIfAbsent(operation, any -> new Cell());
  }

  /** What counters stand at when it ends. */
  void counters(Map<String, Long> now) {
    counters = now;
  }

  void sample(Sample sample) {
    last = sample;
    span = span == null ? sample.interval() : span.and(sample.interval());
    samples++;
  }

  /** Takes in the one that follows. */
  void add(Bucket next) {
    next.cells.forEach((operation, cell) -> cell(operation).add(cell));
    counters = next.counters;
    if (next.last != null) {
      last = next.last;
      span = span.and(next.span);
      samples += next.samples;
    }
  }

  int samples() {
    return samples;
  }

  boolean isEmpty() {
    return cells.isEmpty();
  }

  Span span() {
    return span;
  }

  Sample last() {
    return last;
  }

  /**
   * As it is told.
   *
   * @param before the sample before its first; null if there is none
   */
  Interval interval(Sample before) {
    Map<String, Moment> moments = new TreeMap<>();
    cells.forEach((operation, cell) -> moments.put(operation, cell.moment()));
    double generator = last.generatorCpu() - (before == null ? 0 : before.generatorCpu());
    Double target = last.targetCpu() == null || before == null || before.targetCpu() == null
        ? null
        : rounded((last.targetCpu() - before.targetCpu()) / span.seconds());
    return new Interval(
        rounded(span.from()),
        rounded(span.to()),
        moments,
        last.states(),
        counters,
        rounded(generator / span.seconds()),
        target);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
