package io.mintmark.simulators.results;

import io.mintmark.identity.Printable;
import io.mintmark.simulators.ProcessCpu;
import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.results.Sink.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Takes down a run. Phases put in from any thread and wait for nobody; the runner samples about once
 * a second, which writes what came since to the raw results, and finishes it.
 */
public final class Recording implements Recorder, AutoCloseable {

  private static final int MOST_MARKS = 500;
  private static final int MOST_ROWS = 1_000;

  private final LongSupplier nanoTime;
  private final Supplier<Duration> cpu;
  private final long start;
  private final Duration cpuBefore;
  private final Map<String, Track> tracks = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final Queue<Mark> marks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger marked = new AtomicInteger();
  private final Queue<Row> rows = new ConcurrentLinkedQueue<>();
  private final AtomicInteger tabled = new AtomicInteger();
  private final Tally tally = new Tally();
  private final RawLog raw;
  private final List<Sink> sinks = new ArrayList<>(List.of(tally));
  private Map<String, Long> countersBefore = Map.of();
  private double sampled;
  private volatile Live live = Live.NOTHING;

  Recording(Run run, Path raw, Clock clock, LongSupplier nanoTime, Supplier<Duration> cpu)
      throws IOException {
    this.nanoTime = nanoTime;
    this.cpu = cpu;
    this.raw = raw == null ? null : new RawLog(raw);
    if (raw != null) {
      sinks.add(this.raw);
    }
    this.cpuBefore = cpu.get();
    this.start = nanoTime.getAsLong();
    Instant started = clock.instant();
    sinks.forEach(sink -> sink.begin(run, started));
  }

  /**
   * Begins now.
   *
   * @param rawResults file for the raw results as JSON lines, replaced if there is one, in a folder that is
   *     made when needed; null for none
   * @throws IOException if it cannot be written
   */
  public static Recording start(Run run, Path rawResults) throws IOException {
    return new Recording(
        run, rawResults, Clock.systemUTC(), System::nanoTime, ProcessCpu::ofThisProcess);
  }

  @Override
  public void done(String operation, long dueNanos, long endNanos) {
    track(operation).done(dueNanos - start, endNanos - start);
  }

  @Override
  public void failed(String operation, String reason) {
    track(operation).failed(reason);
  }

  private Track track(String operation) {
    Track track = tracks.get(operation);
    return track == null ? tracks.computeIfAbsent(operation, any -> new Track()) : track;
  }

  @Override
  public void count(String counter, long more) {
    counter(counter).add(more);
  }

  @Override
  public void level(String counter, long now) {
    LongAdder adder = counter(counter);
    synchronized (adder) {
      adder.add(now - adder.sum());
    }
  }

  private LongAdder counter(String counter) {
    LongAdder adder = counters.get(counter);
    return adder == null ? counters.computeIfAbsent(counter, any -> new LongAdder()) : adder;
  }

  @Override
  public void mark(String text) {
    int number = marked.incrementAndGet();
    if (number <= MOST_MARKS) {
      String shown = number == MOST_MARKS ? "(no further marks are kept)" : Printable.of(text);
      marks.add(new Mark(now(), shown));
    }
  }

  @Override
  public void row(String table, Map<String, String> cells) {
    if (tabled.incrementAndGet() <= MOST_ROWS) {
      rows.add(new Row(table, Collections.unmodifiableMap(new LinkedHashMap<>(cells))));
    }
  }

  private record Row(String table, Map<String, String> cells) {}

  /**
   * Ends an interval: about once a second, and once more right before {@link #finish}.
   *
   * @param states devices by state
   * @param targetCpu processor time the installation's processes have used so far; null if unknown
   * @return how things stand
   */
  public synchronized Live sample(Map<DeviceState, Integer> states, Duration targetCpu) {
    Span interval = new Span(sampled, now());
    sampled = interval.to();
    for (Mark mark = marks.poll(); mark != null; mark = marks.poll()) {
      for (Sink sink : sinks) {
        sink.mark(mark);
      }
    }
    for (Row row = rows.poll(); row != null; row = rows.poll()) {
      for (Sink sink : sinks) {
        sink.row(row.table(), row.cells());
      }
    }
    new TreeMap<>(tracks).forEach((operation, track) -> take(interval, operation, track));
    takeCounters(interval.to());
    Sample sample = new Sample(
        interval,
        states,
        seconds(cpu.get().minus(cpuBefore)),
        targetCpu == null ? null : seconds(targetCpu));
    sinks.forEach(sink -> sink.sample(sample));
    live = tally.live();
    return live;
  }

  private void take(Span interval, String operation, Track track) {
    Histogram micros = track.takeLatencies();
    if (micros.getTotalCount() > 0) {
      Span active = track.active();
      sinks.forEach(sink -> sink.operation(interval, operation, active, micros));
    }
    track
        .takeFailures()
        .forEach((reason, count) ->
            sinks.forEach(sink -> sink.failures(interval, operation, reason, count)));
  }

  private void takeCounters(double at) {
    Map<String, Long> now = new TreeMap<>();
    counters.forEach((counter, adder) -> now.put(counter, adder.sum()));
    if (!now.equals(countersBefore)) {
      sinks.forEach(sink -> sink.counters(at, now));
      countersBefore = now;
    }
  }

  /** How things stood at the last sample. */
  public Live live() {
    return live;
  }

  /**
   * Ends the run: closes the raw results and says what it came to.
   *
   * @param expectations what it is held to
   * @param stopped whether it was stopped before its own end
   */
  public synchronized Results finish(List<Expectation> expectations, boolean stopped) {
    sinks.forEach(sink -> sink.end(now(), stopped));
    close();
    List<String> remarks = raw == null ? List.of() : raw.fault().map(List::of).orElse(List.of());
    return tally.results(remarks).held(expectations);
  }

  /** Closes the file of raw results; what is in it stays readable. */
  @Override
  public void close() {
    if (raw != null) {
      raw.close();
    }
  }

  private double now() {
    return Span.seconds(nanoTime.getAsLong() - start);
  }

  private static double seconds(Duration duration) {
    return Span.seconds(duration.toNanos());
  }
}
