package io.mintmark.simulators.results;

import io.mintmark.simulators.TextTable;
import io.mintmark.simulators.results.Results.Operation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Two runs side by side; ratios say how many times the first the second is. Immutable.
 *
 * @param first what is compared with
 * @param second what is compared
 */
public record Comparison(Results first, Results second) {

  private static final List<Statistic> COMPARED = List.of(
      Statistic.COUNT,
      Statistic.FAILED,
      Statistic.RATE,
      Statistic.P50,
      Statistic.P90,
      Statistic.P99,
      Statistic.P999,
      Statistic.MAX);

  /** Both of them. */
  public static Comparison of(Results first, Results second) {
    return new Comparison(first, second);
  }

  /** All that happened in either, in the order of the first. */
  Set<String> operations() {
    Set<String> names = new LinkedHashSet<>(first.operations().keySet());
    names.addAll(second.operations().keySet());
    return names;
  }

  /** What was counted in either. */
  Set<String> counters() {
    Set<String> names = new LinkedHashSet<>(first.counters().keySet());
    names.addAll(second.counters().keySet());
    return names;
  }

  /** The figures of one operation. */
  List<Difference> differences(String operation) {
    Operation a = first.operations().get(operation);
    Operation b = second.operations().get(operation);
    return COMPARED.stream().map(each -> Difference.of(operation, each, a, b)).toList();
  }

  /** What keeps the two from being compared fairly, one line each; empty if nothing does. */
  List<String> caveats() {
    List<String> caveats = new ArrayList<>();
    differs(caveats, "scenarios", first.run().text(), second.run().text(), false);
    differs(caveats, "engines", first.run().engine(), second.run().engine(), true);
    differs(
        caveats,
        "numbers of devices",
        Shown.count(first.run().devices()),
        Shown.count(second.run().devices()),
        true);
    differs(
        caveats,
        "machines",
        HtmlReport.environment(first).get("Processor"),
        HtmlReport.environment(second).get("Processor"),
        true);
    if (first.generator().bottleneck()) {
      caveats.add("First: " + first.generator().verdict());
    }
    if (second.generator().bottleneck()) {
      caveats.add("Second: " + second.generator().verdict());
    }
    return caveats;
  }

  private static void differs(
      List<String> caveats, String what, String a, String b, boolean shown) {
    if (!a.equals(b)) {
      caveats.add("The " + what + " differ" + (shown ? ": " + a + " and " + b : "") + ".");
    }
  }

  /** Plain text, each line ended by a line feed. */
  public String table() {
    StringBuilder out = new StringBuilder("first:  %s, %s\nsecond: %s, %s\n\n"
        .formatted(
            first.run().scenario(), first.started(), second.run().scenario(), second.started()));
    List<List<String>> rows =
        new ArrayList<>(List.of(List.of("", "", "first", "second", "ratio", "")));
    for (String operation : operations()) {
      for (Difference each : differences(operation)) {
        rows.add(List.of(
            operation,
            each.statistic().word(),
            each.shownFirst(),
            each.shownSecond(),
            each.shownRatio(),
            each.judgement().words()));
      }
    }
    for (String counter : counters()) {
      rows.add(List.of(counter, "", counter(first, counter), counter(second, counter), "", ""));
    }
    out.append(TextTable.of(rows));
    caveats().forEach(each -> out.append(each).append('\n'));
    return out.toString();
  }

  /** What a counter stood at, for a reader. */
  static String counter(Results results, String counter) {
    Long count = results.counters().get(counter);
    return count == null ? "–" : Shown.count(count);
  }

  /** One page that stands alone. */
  public String html() {
    return new ComparisonPage(this).page();
  }
}
