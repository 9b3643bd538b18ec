package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What an enrolment storm came to. Immutable.
 *
 * @param finished when it ended
 * @param concurrency how many devices enrolled at a time
 * @param warmup enrolments at each service before anything was measured
 * @param generator where the devices were played
 * @param results one for each service; the last is the baseline of the others
 */
public record EnrolReport(
    Instant finished, int concurrency, int warmup, Environment generator, List<Result> results)
    implements MeasuredReport {

  /**
   * What one service did.
   *
   * @param label what it is called
   * @param service what it runs on
   * @param enrolled how many devices got their certificate
   * @param failures how many did not, by reason
   * @param ratePerSecond enrolments a second
   * @param latency of the successful ones, from connecting to the checked answer
   * @param serverCpuMillis processor time of the service's process for each enrolment
   * @param generatorCpuMillis processor time of this process for each enrolment
   */
  public record Result(
      String label,
      MeasuredService.Facts service,
      long enrolled,
      Map<String, Long> failures,
      double ratePerSecond,
      Latency latency,
      double serverCpuMillis,
      double generatorCpuMillis) {

    long failed() {
      return failures.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  public EnrolReport {
    results = List.copyOf(results);
  }

  /** Whether every device enrolled at every service. */
  @JsonProperty
  @Override
  public boolean passed() {
    return results.stream().allMatch(r -> r.enrolled() > 0 && r.failures().isEmpty());
  }

  /** How many times the rate of the last service the first has; null where there is one only. */
  @JsonProperty
  public Double rateRatio() {
    return ratio(Result::ratePerSecond);
  }

  /** The first service's processor time for an enrolment over the last one's; null as above. */
  @JsonProperty
  public Double cpuRatio() {
    return ratio(Result::serverCpuMillis);
  }

  private Double ratio(Function<Result, Double> figure) {
    if (results.size() < 2) {
      return null;
    }
    double baseline = figure.apply(results.get(results.size() - 1));
    return baseline > 0 ? figure.apply(results.get(0)) / baseline : null;
  }

  /** The report as JSON. */
  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** A column a service, a row a figure. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("", Result::label));
    rows.add(row("enrolled", r -> Long.toString(r.enrolled())));
    rows.add(row("failed", r -> Long.toString(r.failed())));
    rows.add(row("rate, 1/s", r -> "%.0f".formatted(r.ratePerSecond())));
    rows.add(row("latency p50, ms", r -> "%.1f".formatted(r.latency().p50())));
    rows.add(row("latency p99, ms", r -> "%.1f".formatted(r.latency().p99())));
    rows.add(row("server CPU, ms each", r -> "%.2f".formatted(r.serverCpuMillis())));
    rows.add(row("generator CPU, ms each", r -> "%.2f".formatted(r.generatorCpuMillis())));
    rows.add(row("ECDSA by", r -> r.service().signatures()));
    rows.add(row(
        "SQLite", r -> r.service().journal() + ", synchronous=" + r.service().synchronous()));
    StringBuilder out = new StringBuilder(TextTable.of(rows));
    for (Result result : results) {
      result
          .failures()
          .forEach((reason, count) ->
              out.append("%s: %d failed: %s\n".formatted(result.label(), count, reason)));
    }
    if (rateRatio() != null) {
      out.append("\n%s has %.2f times the rate of %s and uses %.2f of its processor time\n"
          .formatted(
              results.get(0).label(),
              rateRatio(),
              results.get(results.size() - 1).label(),
              cpuRatio()));
    }
    return out.append("%d at a time after %d to warm up; generator: Java %s, %d processors, %s\n"
            .formatted(
                concurrency,
                warmup,
                generator.java(),
                generator.processors(),
                generator.signatures()))
        .toString();
  }

  private List<String> row(String title, Function<Result, String> cell) {
    List<String> row = new ArrayList<>(List.of(title));
    results.forEach(r -> row.add(cell.apply(r)));
    return row;
  }
}
