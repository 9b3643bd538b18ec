package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a client of the SDK takes. Immutable.
 *
 * @param finished when it ended
 * @param clients how many were measured
 * @param warmup how many had started before
 * @param first processor time of the first start in this process, with an enrolment; milliseconds
 * @param enrolling starts with an enrolment, warm
 * @param stored starts with a stored credential, warm
 * @param heapEach bytes of heap that an idle client adds
 * @param heapByOwner the same, by whose classes
 * @param threadsEach threads of an idle client
 * @param threadsShared threads that all clients share
 * @param idle how many clients were connected when heap and threads were counted
 * @param generator where it was played
 */
public record FootprintReport(
    Instant finished,
    int clients,
    int warmup,
    double first,
    Start enrolling,
    Start stored,
    long heapEach,
    Map<String, Long> heapByOwner,
    double threadsEach,
    int threadsShared,
    int idle,
    Environment generator)
    implements MeasuredReport {

  /** What the issue promises. */
  private static final double MOST_MILLIS = 400;

  /**
   * Starts of clients, one after the other: built, started, connected, subscribed.
   *
   * @param cpuMillis processor time of the whole process for each, milliseconds
   * @param took how long each took, milliseconds
   */
  public record Start(double cpuMillis, Latency took) {}

  /** Whether every client was there, and no start took more than it may. */
  @Override
  @JsonProperty
  public boolean passed() {
    return idle == clients && bars().stream().noneMatch(bar -> Boolean.FALSE.equals(bar.reached()));
  }

  /** What is held to figures. */
  @JsonProperty
  List<Bar> bars() {
    return List.of(
        new Bar(
            "processor ms of a warm start, stored credential",
            stored.cpuMillis(),
            MOST_MILLIS,
            false),
        new Bar(
            "processor ms of a warm start with enrolment",
            enrolling.cpuMillis(),
            MOST_MILLIS,
            false));
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** Starts, then what an idle client holds. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> starts = new ArrayList<>();
    starts.add(List.of("start to connected, ms", "processor", "p50", "p99"));
    starts.add(List.of("first in the process", "%.0f".formatted(first), "", ""));
    starts.add(row("with enrolment", enrolling));
    starts.add(row("with a stored credential", stored));
    List<List<String>> held = new ArrayList<>();
    held.add(List.of("an idle client", ""));
    held.add(List.of("heap, bytes", "%,d".formatted(heapEach)));
    heapByOwner.forEach((owner, bytes) -> held.add(List.of("  " + owner, "%,d".formatted(bytes))));
    held.add(List.of("threads", "%.2f".formatted(threadsEach)));
    held.add(List.of("threads for all together", "%d".formatted(threadsShared)));
    held.add(List.of("clients", "%,d of %,d".formatted(idle, clients)));
    StringBuilder out = new StringBuilder(TextTable.of(starts));
    out.append('\n').append(TextTable.of(held)).append('\n');
    bars().forEach(bar -> out.append(bar.line()).append('\n'));
    return out.append("\n%,d clients after %,d; Java %s, %d processors, ECDSA by %s\n"
            .formatted(
                clients, warmup, generator.java(), generator.processors(), generator.signatures()))
        .toString();
  }

  private static List<String> row(String title, Start start) {
    return List.of(
        title,
        "%.1f".formatted(start.cpuMillis()),
        "%.1f".formatted(start.took().p50()),
        "%.1f".formatted(start.took().p99()));
  }
}
