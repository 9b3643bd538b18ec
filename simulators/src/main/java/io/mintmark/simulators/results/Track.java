package io.mintmark.simulators.results;

import io.mintmark.identity.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * One operation as it happens. What many threads put in does not wait for who takes it out; only one
 * thread at a time may take.
 */
final class Track {

  /** Reasons come from the network too, so that there is an end to how many are kept. */
  static final int MOST_REASONS = 20;

  static final String OTHER_REASONS = "other reasons";
  private static final int DIGITS = 3;

  private final Recorder micros = new Recorder(DIGITS);
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final LongAccumulator firstDue = new LongAccumulator(Math::min, Long.MAX_VALUE);
  private final LongAccumulator lastEnd = new LongAccumulator(Math::max, Long.MIN_VALUE);
  private Histogram taken;

  /** Both in nanoseconds since the run's begin. */
  void done(long due, long end) {
    firstDue.accumulate(due);
    lastEnd.accumulate(end);
    micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(end - due)));
  }

  void failed(String reason) {
    String raw = reason == null ? "no reason given" : reason;
    LongAdder known = failures.get(raw);
    (known == null ? added(Printable.of(raw)) : known).increment();
  }

  private LongAdder added(String reason) {
    synchronized (failures) {
      String bounded =
          failures.containsKey(reason) || failures.size() < MOST_REASONS ? reason : OTHER_REASONS;
      return failures.computeIfAbsent(bounded, any -> new LongAdder());
    }
  }

  /** What came through since the last call; good until the next one. */
  Histogram takeLatencies() {
    taken = micros.getIntervalHistogram(taken);
    return taken;
  }

  /** What failed since the last call, by reason. */
  Map<String, Long> takeFailures() {
    Map<String, Long> since = new LinkedHashMap<>();
    failures.forEach((reason, adder) -> {
      long count = adder.sumThenReset();
      if (count > 0) {
        since.put(reason, count);
      }
    });
    return since;
  }

  /** From the first due moment to the last end so far. */
  Span active() {
    return new Span(Span.seconds(firstDue.get()), Span.seconds(lastEnd.get()));
  }
}
