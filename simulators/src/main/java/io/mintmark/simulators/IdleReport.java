package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * How much heap an idle session takes. Immutable.
 *
 * @param finished when it ended
 * @param sessions how many there were
 * @param generator where they were played
 * @param results one for each broker
 */
public record IdleReport(
    Instant finished, int sessions, Environment generator, List<Result> results)
    implements MeasuredReport {

  /** What the issue promises. */
  private static final double BAR_BYTES = 2_048;

  /**
   * What one broker's heap held, after a full collection.
   *
   * @param label what it is called
   * @param broker what it is
   * @param before bytes without sessions, but after the first had come and gone
   * @param after bytes with all of them, and nothing to do
   * @param each bytes a session, by whose classes
   * @param open how many sessions were there in the end
   */
  public record Result(
      String label,
      MeasuredBroker.Facts broker,
      long before,
      long after,
      Map<String, Long> each,
      int open) {

    static Result of(
        String label,
        MeasuredBroker.Facts broker,
        LiveHeap before,
        LiveHeap after,
        int sessions,
        int open) {
      Map<String, Long> each = new LinkedHashMap<>();
      for (LiveHeap.Part part : LiveHeap.Part.values()) {
        each.put(part.text(), Math.round((after.of(part) - before.of(part)) / (double) sessions));
      }
      return new Result(label, broker, before.total(), after.total(), each, open);
    }

    /** Bytes a session, all of them. */
    double perSession(int sessions) {
      return (after - before) / (double) sessions;
    }
  }

  public IdleReport {
    results = List.copyOf(results);
  }

  /** Whether every session was there, and the extension adds no more than it may. */
  @Override
  @JsonProperty
  public boolean passed() {
    return results.stream().allMatch(r -> r.open() == sessions)
        && !Boolean.FALSE.equals(bar().reached());
  }

  /** What the extension adds. */
  @JsonProperty
  Bar bar() {
    Optional<Double> ours = perSession(ConnectReport.FAST);
    Optional<Double> baseline = perSession(ConnectReport.ALLOW_ALL);
    return new Bar(
        "bytes of heap a session that the extension adds",
        ours.isPresent() && baseline.isPresent() ? ours.get() - baseline.get() : null,
        BAR_BYTES,
        false);
  }

  private Optional<Double> perSession(String label) {
    return results.stream()
        .filter(r -> r.label().equals(label))
        .map(r -> r.perSession(sessions))
        .findFirst();
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** A column a broker, a row a part of the heap. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    List<String> titles = new ArrayList<>(List.of("bytes of heap a session"));
    results.forEach(r -> titles.add(r.label()));
    rows.add(titles);
    rows.add(row("all", r -> Math.round(r.perSession(sessions))));
    for (LiveHeap.Part part : LiveHeap.Part.values()) {
      rows.add(row("  " + part.text(), r -> r.each().get(part.text())));
    }
    rows.add(row("heap before, KiB", r -> r.before() >> 10));
    rows.add(row("heap with all, KiB", r -> r.after() >> 10));
    rows.add(row("sessions", Result::open));
    return TextTable.of(rows)
        + "\n"
        + bar().line()
        + "\n%,d sessions; Java %s, %s\n"
            .formatted(sessions, generator.java(), results.get(0).broker().crypto());
  }

  private List<String> row(String title, ToLongFunction<Result> cell) {
    List<String> row = new ArrayList<>(List.of(title));
    results.forEach(r -> row.add("%,d".formatted(cell.applyAsLong(r))));
    return row;
  }
}
