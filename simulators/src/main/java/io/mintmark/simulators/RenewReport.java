package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What renewals cost a connection and the messages on it. Immutable.
 *
 * @param finished when it ended
 * @param devices who renewed
 * @param asked how many renewals were asked for
 * @param renewed how many new certificates there were, each for another key
 * @param moved how many connections moved to one
 * @param sessionsKept with how many of these moves the broker still had the session
 * @param connectionsLost how often a connection ended without being wanted to
 * @param gap how long a device was without a connection, milliseconds
 * @param telemetry from the devices to the application, QoS 1
 * @param commands from the application to the devices, QoS 1
 * @param mostLive most certificates that one device had in the end, neither over nor superseded
 * @param failures of renewals, by reason
 * @param generator where it was played
 */
public record RenewReport(
    Instant finished,
    int devices,
    int asked,
    int renewed,
    int moved,
    int sessionsKept,
    int connectionsLost,
    Latency gap,
    Flow telemetry,
    Flow commands,
    int mostLive,
    Map<String, Long> failures,
    Environment generator)
    implements MeasuredReport {

  /** What the issue promises. */
  private static final double LONGEST_GAP_MILLIS = 200;

  private static final int MOST_LIVE = 2;

  /**
   * Messages of one direction.
   *
   * @param sent handed over
   * @param received how many of them arrived, each counted once
   * @param lost how many did not
   * @param unknown arrived though nobody sent them
   * @param duplicates came again
   * @param unexplained of these, how many QoS 1 does not explain
   * @param failures of those that could not be handed over, by reason
   */
  public record Flow(
      long sent,
      long received,
      long lost,
      long unknown,
      int duplicates,
      long unexplained,
      Map<String, Long> failures) {

    private boolean isWhole() {
      return sent > 0 && lost == 0 && unknown == 0 && unexplained == 0 && failures.isEmpty();
    }
  }

  /** Whether every renewal came through and cost no more than it may. */
  @Override
  @JsonProperty
  public boolean passed() {
    return renewed == asked
        && moved == asked
        && sessionsKept == moved
        && connectionsLost == 0
        && mostLive >= 1
        && mostLive <= MOST_LIVE
        && failures.isEmpty()
        && telemetry.isWhole()
        && commands.isWhole()
        && bars().stream().noneMatch(bar -> Boolean.FALSE.equals(bar.reached()));
  }

  /** What is held to figures. */
  @JsonProperty
  List<Bar> bars() {
    return List.of(
        new Bar(
            "longest gap without a connection, ms",
            gap.count() == 0 ? null : gap.max(),
            LONGEST_GAP_MILLIS,
            false),
        new Bar(
            "messages lost, both ways", (double) (telemetry.lost() + commands.lost()), 0, false));
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** Renewals, gaps, messages, bars. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> renewals = new ArrayList<>();
    renewals.add(
        List.of("renewals", "%,d of %,d, each with another key".formatted(renewed, asked)));
    renewals.add(List.of("connections moved", "%,d".formatted(moved)));
    renewals.add(List.of("sessions kept", "%,d of %,d".formatted(sessionsKept, moved)));
    renewals.add(List.of("connections lost", "%,d".formatted(connectionsLost)));
    renewals.add(List.of(
        "gap without a connection, ms",
        "p50 %.1f, p99 %.1f, max %.1f".formatted(gap.p50(), gap.p99(), gap.max())));
    renewals.add(List.of("live certificates of a device", "%d at most".formatted(mostLive)));
    List<List<String>> messages = new ArrayList<>();
    messages.add(List.of("messages, QoS 1", "sent", "received", "lost", "duplicates"));
    messages.add(row("telemetry, up", telemetry));
    messages.add(row("commands, down", commands));
    StringBuilder out = new StringBuilder();
    out.append(TextTable.of(renewals))
        .append('\n')
        .append(TextTable.of(messages))
        .append('\n');
    bars().forEach(bar -> out.append(bar.line()).append('\n'));
    fault(out, "renewals", failures);
    fault(out, "telemetry", telemetry.failures());
    fault(out, "commands", commands.failures());
    out.append("\n%,d devices; Java %s, %d processors, ECDSA by %s\n"
        .formatted(devices, generator.java(), generator.processors(), generator.signatures()));
    return out.toString();
  }

  private static List<String> row(String title, Flow flow) {
    return List.of(
        title,
        "%,d".formatted(flow.sent()),
        "%,d".formatted(flow.received()),
        "%,d".formatted(flow.lost()),
        "%,d (%d beyond QoS 1)".formatted(flow.duplicates(), flow.unexplained()));
  }

  private static void fault(StringBuilder out, String what, Map<String, Long> failures) {
    if (!failures.isEmpty()) {
      out.append("FAIL  ")
          .append(what)
          .append(": ")
          .append(Reasons.text(failures))
          .append('\n');
    }
  }
}
