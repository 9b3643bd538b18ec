package io.mintmark.simulators.results;

import io.mintmark.identity.Printable;
import io.mintmark.simulators.TextTable;
import io.mintmark.simulators.results.Results.Latencies;
import io.mintmark.simulators.results.Results.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run came to, for a terminal. */
final class ResultsTable {

  private static final List<String> HEAD =
      List.of("", "count", "failed", "rate", "p50", "p90", "p99", "p99.9", "max");
  private static final int MOST_REASONS = 5;
  private static final int WIDEST = 60;

  /** So that it fits a terminal of 80 columns. */
  private static final int GAP = 2;

  private ResultsTable() {}

  /** Plain text, each line ended by a line feed. */
  static String of(Results results) {
    Run run = results.run();
    StringBuilder out = new StringBuilder("%s: %s devices (%s) against %s, %s%s\n\n"
        .formatted(
            run.scenario(),
            Shown.count(run.devices()),
            run.engine(),
            run.target(),
            Shown.duration(results.seconds()),
            results.stopped() ? ", stopped before its end" : ""));
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    results.operations().forEach((name, operation) -> rows.add(row(name, operation)));
    out.append(rows.size() > 1 ? TextTable.of(rows, GAP) : "nothing was done\n").append('\n');
    if (!results.counters().isEmpty()) {
      out.append(results.counters().entrySet().stream()
              .map(e -> e.getKey() + " " + Shown.count(e.getValue()))
              .collect(Collectors.joining(", ")))
          .append('\n');
    }
    results.tables().forEach((name, table) -> rows(table, out));
    results.operations().forEach((name, operation) -> reasons(name, operation.failures(), out));
    out.append(results.generator().verdict()).append('\n');
    cpu(results.generator().cpuMillisPer(), out);
    results.remarks().forEach(remark -> out.append(remark).append('\n'));
    results.expectations().forEach(each -> out.append(each.line()).append('\n'));
    return out.toString();
  }

  private static List<String> row(String name, Operation operation) {
    List<String> row = new ArrayList<>(
        List.of(name, Shown.count(operation.count()), Shown.count(operation.failed())));
    Latencies latency = operation.latencyMillis();
    if (latency == null) {
      row.addAll(List.of("-", "-", "-", "-", "-", "-"));
      return row;
    }
    row.add(Shown.perSecond(operation.ratePerSecond()));
    for (double millis :
        new double[] {latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.max()}) {
      row.add(Shown.millis(millis));
    }
    return row;
  }

  private static void rows(List<Map<String, String>> table, StringBuilder out) {
    List<String> columns =
        table.stream().flatMap(row -> row.keySet().stream()).distinct().toList();
    List<List<String>> rows = new ArrayList<>(List.of(columns));
    for (Map<String, String> row : table) {
      rows.add(columns.stream().map(each -> cell(row.getOrDefault(each, ""))).toList());
    }
    out.append('\n').append(TextTable.of(rows)).append('\n');
  }

  /** Files and pages have all of it. */
  private static String cell(String text) {
    String printable = Printable.of(text);
    return printable.length() <= WIDEST ? printable : printable.substring(0, WIDEST - 3) + "...";
  }

  private static void cpu(Map<String, Double> each, StringBuilder out) {
    if (!each.isEmpty()) {
      out.append("Generator CPU each: ")
          .append(each.entrySet().stream()
              .map(e -> e.getKey() + " " + Shown.millis(e.getValue()))
              .collect(Collectors.joining(", ")))
          .append('\n');
    }
  }

  private static void reasons(String name, Map<String, Long> failures, StringBuilder out) {
    failures.entrySet().stream()
        .limit(MOST_REASONS)
        .forEach(
            e -> out.append("%s failed %s: %s\n".formatted(name, times(e.getValue()), e.getKey())));
    if (failures.size() > MOST_REASONS) {
      out.append("%s failed for %d reasons more\n".formatted(name, failures.size() - MOST_REASONS));
    }
  }

  private static String times(long count) {
    return count == 1 ? "once" : Shown.count(count) + " times";
  }
}
