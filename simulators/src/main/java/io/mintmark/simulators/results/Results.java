package io.mintmark.simulators.results;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.simulators.MeasuredReport;
import io.mintmark.simulators.ReportJson;
import io.mintmark.simulators.fleet.DeviceState;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a run came to: the summary that files, tables, pages and comparisons are made of. Immutable.
 *
 * @param schema the form of the summary: {@link #SCHEMA}
 * @param run what was known before it began
 * @param started when it began
 * @param seconds how long it took
 * @param stopped whether it was stopped before its own end
 * @param operations what was done, by name
 * @param counters what was counted, by name
 * @param expectations what it was held to
 * @param generator what playing the devices cost
 * @param series how things went, interval by interval
 * @param marks what happened once, in order
 * @param tables what is neither a figure nor an event: rows by the table's name, cells by the
 *     column's
 * @param remarks what a reader has to know, one line each
 */
public record Results(
    int schema,
    Run run,
    Instant started,
    double seconds,
    boolean stopped,
    Map<String, Operation> operations,
    Map<String, Long> counters,
    List<Outcome> expectations,
    Generator generator,
    List<Interval> series,
    List<Mark> marks,
    Map<String, List<Map<String, String>>> tables,
    List<String> remarks)
    implements MeasuredReport {

  /** The form of summaries that this version writes and reads; docs/simulators/summary.schema.json. */
  public static final int SCHEMA = 1;

  /** A run in which one of these is above 0 has failed, even one that nobody held to anything. */
  private static final List<String> NEVER = List.of("leaks", "unproven");

  /**
   * What one operation came to.
   *
   * @param count how often it came through
   * @param failed how often it did not
   * @param firstDue when the first that came through was due, in seconds since the run's begin
   * @param lastEnd when the last of them ended
   * @param ratePerSecond how many came through a second between these two
   * @param latencyMillis how long they took from the moment they were due; null if none came through
   * @param failures how often it failed, by reason; the most frequent first
   * @param histogramMicros all latencies in microseconds, in HdrHistogram's compressed form in base64
   */
  public record Operation(
      long count,
      long failed,
      double firstDue,
      double lastEnd,
      double ratePerSecond,
      Latencies latencyMillis,
      Map<String, Long> failures,
      String histogramMicros) {

    public Operation {
      failures = ordered(failures);
    }

    static Operation of(Histogram micros, Map<String, Long> failures, Span active) {
      long count = micros.getTotalCount();
      Map<String, Long> frequentFirst = new LinkedHashMap<>();
      failures.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .forEach(e -> frequentFirst.put(e.getKey(), e.getValue()));
      return new Operation(
          count,
          failures.values().stream().mapToLong(Long::longValue).sum(),
          rounded(active.from()),
          rounded(active.to()),
          count == 0 ? 0 : rounded(count / active.seconds()),
          count == 0 ? null : Latencies.of(micros),
          frequentFirst,
          Encoded.of(micros));
    }

    Histogram histogram() {
      return Encoded.read(histogramMicros);
    }
  }

  /** Latencies of one operation, in milliseconds. */
  public record Latencies(
      double mean, double p50, double p90, double p99, double p999, double max) {

    static Latencies of(Histogram micros) {
      return new Latencies(
          rounded(micros.getMean() / 1e3),
          micros.getValueAtPercentile(50) / 1e3,
          micros.getValueAtPercentile(90) / 1e3,
          micros.getValueAtPercentile(99) / 1e3,
          micros.getValueAtPercentile(99.9) / 1e3,
          micros.getMaxValue() / 1e3);
    }
  }

  /**
   * One interval: about a second, longer ones in a long run.
   *
   * @param from its begin, in seconds since the run's
   * @param to its end
   * @param operations what ended in it, by name; left out if nothing did
   * @param states devices by state at its end
   * @param counters what they stand at then, by name
   * @param generatorBusy processors the generator kept busy
   * @param targetBusy processors the installation kept busy; null if that is not known
   */
  public record Interval(
      double from,
      double to,
      Map<String, Moment> operations,
      Map<DeviceState, Integer> states,
      Map<String, Long> counters,
      double generatorBusy,
      Double targetBusy) {

    public Interval {
      operations = ordered(operations);
      counters = ordered(counters);
      Map<DeviceState, Integer> copy = new EnumMap<>(DeviceState.class);
      copy.putAll(states);
      states = Collections.unmodifiableMap(copy);
    }

    double seconds() {
      return Math.max(1e-9, to - from);
    }
  }

  /** An operation in one interval; latencies in milliseconds, null if none came through. */
  public record Moment(long count, long failed, Double p50, Double p99, Double max) {}

  public Results {
    operations = ordered(operations);
    counters = ordered(counters);
    expectations = List.copyOf(expectations);
    series = List.copyOf(series);
    marks = List.copyOf(marks);
    tables = Collections.unmodifiableMap(new TreeMap<>(tables));
    remarks = List.copyOf(remarks);
  }

  /**
   * The same, held to expectations. That a hostile move came through, or that nothing can be said of one, is
   * missed whatever they are.
   */
  public Results held(List<Expectation> to) {
    return new Results(
        schema,
        run,
        started,
        seconds,
        stopped,
        operations,
        counters,
        checked(to),
        generator,
        series,
        marks,
        tables,
        remarks);
  }

  private List<Outcome> checked(List<Expectation> to) {
    List<Outcome> outcomes =
        new ArrayList<>(to.stream().map(each -> each.check(this)).toList());
    for (String counter : NEVER) {
      boolean said = outcomes.stream()
          .anyMatch(each ->
              !each.met() && Expectation.parse(each.expectation()).metric().equals(counter));
      if (counters.getOrDefault(counter, 0L) > 0 && !said) {
        outcomes.add(Expectation.parse(counter + "==0").check(this));
      }
    }
    return outcomes;
  }

  /** Whether no expectation was missed. */
  @Override
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public boolean passed() {
    return expectations.stream().allMatch(Outcome::met);
  }

  @JsonIgnore
  Instant ended() {
    return started.plus(Duration.ofMillis(Math.round(seconds * 1e3)));
  }

  @Override
  public String table() {
    return ResultsTable.of(this);
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /**
   * What a run came to by its summary.
   *
   * @param file as {@link #toJson} makes it
   * @throws IOException with one line, if it cannot be read or is no such summary
   */
  public static Results read(Path file) throws IOException {
    Results read;
    try {
      read = ReportJson.read(Files.readString(file), Results.class);
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new IOException(
          file
              + " is no summary of mintmark simulate: give the summary.json in the folder of its --out",
          e);
    }
    if (read == null || read.schema() != SCHEMA) {
      throw new IOException("%s is a summary of form %s, and this version reads form %d"
          .formatted(file, read == null ? "null" : read.schema(), SCHEMA));
    }
    return read;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
