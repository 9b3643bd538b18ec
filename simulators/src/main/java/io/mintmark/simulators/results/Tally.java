package io.mintmark.simulators.results;

import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.results.Results.Interval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Sums up a run, whether as it happens or from its raw results. Its memory is bounded: the series of
 * a long run are kept in wider and wider intervals. Not thread-safe.
 */
final class Tally implements Sink {

  /** As many points as a plot can show. */
  static final int MOST_BUCKETS = 600;

  private final Map<String, Sum> sums =
      new TreeMap<>(Comparator.comparingInt(Tally::place).thenComparing(Comparator.naturalOrder()));
  private final List<Bucket> buckets = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final Map<String, List<Map<String, String>>> tables = new TreeMap<>();
  private Map<String, Long> counters = Map.of();
  private Run run;
  private Instant started;
  private Bucket open = new Bucket();
  private int samplesPerBucket = 1;
  private double end;
  private boolean stopped = true;

  /** One operation, all of the run. */
  private static final class Sum {
    private final Histogram micros = new Histogram(3);
    private final Map<String, Long> failures = new LinkedHashMap<>();
    private Span active = new Span(0, 0);
    private double perSecond;
    private boolean inThisInterval;

    Live.Operation live() {
      return new Live.Operation(
          micros.getTotalCount(),
          Map.copyOf(failures),
          perSecond,
          micros.getValueAtPercentile(99) / 1e3);
    }
  }

  @Override
  public void begin(Run run, Instant started) {
    this.run = run;
    this.started = started;
  }

  @Override
  public void operation(Span interval, String operation, Span active, Histogram micros) {
    Sum sum = sum(operation);
    sum.micros.add(micros);
    sum.active = active;
    sum.perSecond = micros.getTotalCount() / interval.seconds();
    sum.inThisInterval = true;
    open.operation(operation, micros);
    end = interval.to();
  }

  @Override
  public void failures(Span interval, String operation, String reason, long count) {
    sum(operation).failures.merge(reason, count, Long::sum);
    open.failed(operation, count);
    end = interval.to();
  }

  private Sum sum(String operation) {
    return sums.computeIfAbsent(operation, any -> new Sum());
  }

  @Override
  public void counters(double at, Map<String, Long> now) {
    counters = now;
  }

  @Override
  public void mark(Mark mark) {
    marks.add(mark);
  }

  @Override
  public void row(String table, Map<String, String> cells) {
    tables.computeIfAbsent(table, any -> new ArrayList<>()).add(cells);
  }

  @Override
  public void sample(Sample sample) {
    open.sample(sample);
    open.counters(counters);
    end = sample.interval().to();
    close(open);
    open = new Bucket();
    for (Sum sum : sums.values()) {
      if (!sum.inThisInterval) {
        sum.perSecond = 0;
      }
      sum.inThisInterval = false;
    }
  }

  private void close(Bucket bucket) {
    Bucket before = buckets.isEmpty() ? null : buckets.get(buckets.size() - 1);
    if (before != null && before.samples() < samplesPerBucket) {
      before.add(bucket);
      return;
    }
    buckets.add(bucket);
    if (buckets.size() > MOST_BUCKETS) {
      samplesPerBucket *= 2;
      for (int i = 0; i + 1 < buckets.size(); i++) {
        buckets.get(i).add(buckets.remove(i + 1));
      }
    }
  }

  @Override
  public void end(double at, boolean stopped) {
    end = at;
    this.stopped = stopped;
  }

  Live live() {
    Map<String, Live.Operation> operations = new LinkedHashMap<>();
    sums.forEach((operation, sum) -> operations.put(operation, sum.live()));
    Map<DeviceState, Integer> states =
        buckets.isEmpty() ? Map.of() : buckets.get(buckets.size() - 1).last().states();
    return new Live(end, states, operations, counters);
  }

  /**
   * What the run came to so far, held to nothing yet.
   *
   * @param remarks what a reader has to know
   */
  Results results(List<String> remarks) {
    if (!open.isEmpty()) {
      closeWithoutSample();
    }
    joinShortEnd();
    List<Interval> series = new ArrayList<>();
    Sample before = null;
    for (Bucket bucket : buckets) {
      series.add(bucket.interval(before));
      before = bucket.last();
    }
    Map<String, Results.Operation> operations = new LinkedHashMap<>();
    sums.forEach((name, sum) ->
        operations.put(name, Results.Operation.of(sum.micros, sum.failures, sum.active)));
    return new Results(
        Results.SCHEMA,
        run,
        started,
        Math.round(end * 1e3) / 1e3,
        stopped,
        operations,
        counters,
        List.of(),
        Generator.of(
            run.environment().processors(), before, series, this::cpuAt, operations, counters),
        series,
        marks,
        tables,
        remarks);
  }

  /** The rest of a second is too short for a rate of its own. */
  private void joinShortEnd() {
    int last = buckets.size() - 1;
    if (last > 0
        && buckets.get(last).span().seconds() < buckets.get(last - 1).span().seconds() / 2) {
      buckets.get(last - 1).add(buckets.remove(last));
    }
  }

  private void closeWithoutSample() {
    Sample last = buckets.isEmpty() ? null : buckets.get(buckets.size() - 1).last();
    double from = last == null ? 0 : last.interval().to();
    open.sample(new Sample(
        new Span(from, Math.max(from, end)),
        last == null ? Map.of() : last.states(),
        last == null ? 0 : last.generatorCpu(),
        last == null ? null : last.targetCpu()));
    open.counters(counters);
    close(open);
    open = new Bucket();
  }

  /** Processor time of the generator until a moment, in seconds. */
  private double cpuAt(double at) {
    double from = 0;
    double before = 0;
    for (Bucket bucket : buckets) {
      double to = bucket.last().interval().to();
      double cpu = bucket.last().generatorCpu();
      if (at <= to) {
        return before + (cpu - before) * Math.max(0, at - from) / Math.max(1e-9, to - from);
      }
      from = to;
      before = cpu;
    }
    return before;
  }

  private static int place(String operation) {
    int known = Names.OPERATIONS.indexOf(operation);
    return known < 0 ? Integer.MAX_VALUE : known;
  }
}
