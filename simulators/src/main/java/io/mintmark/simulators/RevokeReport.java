package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long it takes from a revocation to the end of the session. All times count from the moment the
 * operator's request was due. Immutable.
 *
 * @param finished when it ended
 * @param sessions how many were live
 * @param revocations how many devices were revoked one by one
 * @param perSecond how many a second
 * @param generator where the sessions were played
 * @param answered until the operator had the answer: it is in the registry, on disk, and told
 * @param powerless until the broker took the session's permissions; in whole milliseconds, by the
 *     broker's log
 * @param cut until the client saw the end of its connection
 * @param notCut revoked devices whose session went on
 * @param cutToo devices nobody revoked whose session ended
 * @param cameBack revoked devices that were let in again
 * @param failures requests of the operator that failed, by reason
 * @param bulk the rest of the fleet; null if nothing was left
 */
public record RevokeReport(
    Instant finished,
    int sessions,
    int revocations,
    double perSecond,
    Environment generator,
    Latency answered,
    Latency powerless,
    Latency cut,
    int notCut,
    int cutToo,
    int cameBack,
    Map<String, Long> failures,
    Bulk bulk)
    implements MeasuredReport {

  /** What the issue promises. */
  static final double BAR_MILLIS = 250;

  /**
   * One command for all that were left.
   *
   * @param devices how many
   * @param answeredMillis until the command was taken on
   * @param cut until each client saw the end of its connection
   * @param notCut devices whose session went on
   */
  public record Bulk(int devices, double answeredMillis, Latency cut, int notCut) {}

  /** Whether each revocation ended its session and no other, for good, and quickly enough. */
  @Override
  @JsonProperty
  public boolean passed() {
    return failures.isEmpty()
        && notCut == 0
        && cutToo == 0
        && cameBack == 0
        && cut.count() == revocations
        && cut.p99() < BAR_MILLIS
        && (bulk == null || bulk.notCut() == 0);
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** A row a stage. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ms from the operator's request until", "count", "p50", "p99", "max"));
    rows.add(row("the service has committed and answered", answered));
    rows.add(row("the broker has taken the permissions", powerless));
    rows.add(row("the client has seen the end", cut));
    if (bulk != null) {
      rows.add(row("the same, all others by one command", bulk.cut()));
    }
    StringBuilder out = new StringBuilder(TextTable.of(rows));
    out.append("%,d live sessions, %,d revoked one by one, %.0f a second\n"
        .formatted(sessions, revocations, perSecond));
    out.append("not cut: %d; cut without reason: %d; came back: %d\n"
        .formatted(notCut + (bulk == null ? 0 : bulk.notCut()), cutToo, cameBack));
    if (!failures.isEmpty()) {
      out.append(Reasons.text(failures)).append('\n');
    }
    return out.append("%s p99 %.0f ms, to be below %.0f ms; Java %s, ECDSA by %s, %d processors\n"
            .formatted(
                passed() ? "PASS" : "FAIL",
                cut.p99(),
                BAR_MILLIS,
                generator.java(),
                generator.signatures(),
                generator.processors()))
        .toString();
  }

  private static List<String> row(String what, Latency latency) {
    return List.of(
        what,
        Long.toString(latency.count()),
        "%.1f".formatted(latency.p50()),
        "%.1f".formatted(latency.p99()),
        "%.1f".formatted(latency.max()));
  }
}
