package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Figure.Key;
import io.mintmark.simulators.results.Plot.Point;
import io.mintmark.simulators.results.Results.Moment;
import io.mintmark.simulators.results.Results.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Two runs as one page of HTML: figures beside each other, plots above each other. */
final class ComparisonPage {

  private static final List<Key> KEYS =
      List.of(new Key("first", "first"), new Key("second", "second"));

  private final Comparison comparison;
  private final Results first;
  private final Results second;
  private final Html html = new Html();

  ComparisonPage(Comparison comparison) {
    this.comparison = comparison;
    this.first = comparison.first();
    this.second = comparison.second();
  }

  String page() {
    String title = first.run().scenario().equals(second.run().scenario())
        ? first.run().scenario()
        : first.run().scenario() + " and " + second.run().scenario();
    html.raw("<header><p class=\"brand\">Mintmark <span>simulation comparison</span></p>")
        .element("h1", title)
        .raw("<p class=\"facts\">");
    html.text("First: " + facts(first)).raw("<br>").text("Second: " + facts(second));
    html.raw("</p></header>\n");
    comparison.caveats().forEach(each -> html.element("p", "caveat", each));
    figures();
    counters();
    expectations();
    plots();
    runs();
    return Page.of(title + " · comparison · Mintmark", html);
  }

  private static String facts(Results results) {
    return "%s devices (%s) against %s, %s, %s"
        .formatted(
            Shown.count(results.run().devices()),
            results.run().engine(),
            results.run().target(),
            HtmlReport.moment(results.started()),
            Shown.duration(results.seconds()));
  }

  private void figures() {
    html.raw("<section><h2>Operations</h2>")
        .element(
            "p",
            "A ratio says how many times the first the second is; within 5 % they are the same.")
        .raw("<div class=\"plots\">");
    for (String operation : comparison.operations()) {
      html.raw("<div class=\"scroll\">")
          .head(operation, List.of("", "First", "Second", "Ratio", "Second is"));
      for (Difference each : comparison.differences(operation)) {
        html.raw("<tr><th scope=\"row\">")
            .text(each.statistic().word())
            .raw("</th>")
            .element("td", each.shownFirst())
            .element("td", each.shownSecond())
            .element("td", each.shownRatio())
            .element(
                "td",
                each.judgement().name().toLowerCase(Locale.ROOT),
                each.judgement().words())
            .raw("</tr>\n");
      }
      html.endTable().raw("</div>");
    }
    html.raw("</div></section>\n");
  }

  private void counters() {
    if (comparison.counters().isEmpty()) {
      return;
    }
    html.raw("<section><h2>Counters</h2><div class=\"scroll\">")
        .head("What was counted", List.of("", "First", "Second"));
    comparison
        .counters()
        .forEach(each -> html.row(
            each, List.of(Comparison.counter(first, each), Comparison.counter(second, each))));
    html.endTable().raw("</div></section>\n");
  }

  private void expectations() {
    Map<String, String[]> outcomes = new LinkedHashMap<>();
    first
        .expectations()
        .forEach(each ->
            outcomes.computeIfAbsent(each.expectation(), any -> new String[] {"–", "–"})[0] =
                outcome(each));
    second
        .expectations()
        .forEach(each ->
            outcomes.computeIfAbsent(each.expectation(), any -> new String[] {"–", "–"})[1] =
                outcome(each));
    if (outcomes.isEmpty()) {
      return;
    }
    html.raw("<section class=\"words\"><h2>Expectations</h2><div class=\"scroll\">")
        .head("What the runs were held to", List.of("", "First", "Second"));
    outcomes.forEach((expectation, both) -> html.row(expectation, List.of(both)));
    html.endTable().raw("</div></section>\n");
  }

  private static String outcome(Outcome outcome) {
    return (outcome.met() ? "✓ met: " : "✗ missed: ") + outcome.measured();
  }

  private void plots() {
    html.raw("<section><h2>Over time</h2><div class=\"plots\">");
    int number = 0;
    for (String operation : comparison.operations()) {
      rate(operation, number);
      if (cameThrough(first, operation) || cameThrough(second, operation)) {
        latency(operation, number);
      }
      number++;
    }
    html.raw("</div></section>\n<section><h2>Percentiles</h2><div class=\"plots\">");
    number = 0;
    for (String operation : comparison.operations()) {
      Map<String, Histogram> both = new LinkedHashMap<>();
      histogram(first, operation, "first", both);
      histogram(second, operation, "second", both);
      RunPlots.percentiles(
          html,
          "c" + number + "-percentiles",
          operation,
          both,
          KEYS.stream().filter(key -> both.containsKey(key.words())).toList());
      number++;
    }
    html.raw("</div></section>\n");
  }

  private static boolean cameThrough(Results results, String operation) {
    Operation of = results.operations().get(operation);
    return of != null && of.count() > 0;
  }

  private static void histogram(
      Results results, String operation, String name, Map<String, Histogram> into) {
    if (cameThrough(results, operation)) {
      into.put(name, results.operations().get(operation).histogram());
    }
  }

  private void rate(String operation, int number) {
    List<Point> a = OperationPlots.rates(first, operation);
    List<Point> b = OperationPlots.rates(second, operation);
    double most = Math.max(OperationPlots.most(a), OperationPlots.most(b));
    Plot plot = new Plot(
        "c" + number + "-rate",
        operation + ": rate over time, both runs",
        "At most %s in the first run and %s in the second."
            .formatted(
                Shown.perSecond(OperationPlots.most(a)), Shown.perSecond(OperationPlots.most(b))),
        Scale.time(Math.max(first.seconds(), second.seconds())),
        Scale.linear(most, Shown::perSecond));
    plot.line("first", a);
    plot.line("second", b);
    Figure.write(html, operation + ": rate", KEYS, plot, null);
  }

  private void latency(String operation, int number) {
    List<Point> a = OperationPlots.latencies(first, operation, Moment::p99);
    List<Point> b = OperationPlots.latencies(second, operation, Moment::p99);
    List<Point> both = new ArrayList<>(a);
    both.addAll(b);
    Plot plot = new Plot(
        "c" + number + "-p99",
        operation + ": 99th percentile over time, both runs",
        "At most %s in the first run and %s in the second, on a logarithmic axis."
            .formatted(Shown.millis(OperationPlots.most(a)), Shown.millis(OperationPlots.most(b))),
        Scale.time(Math.max(first.seconds(), second.seconds())),
        OperationPlots.latencyScale(both, both));
    plot.line("first", a);
    plot.line("second", b);
    Figure.write(html, operation + ": p99", KEYS, plot, null);
  }

  private void runs() {
    html.raw("<section class=\"words\"><h2>The runs</h2><h3>First: command</h3><pre><code>")
        .text(first.run().command())
        .raw("</code></pre>\n<h3>Second: command</h3><pre><code>")
        .text(second.run().command())
        .raw("</code></pre>\n<h3>Environment</h3><div class=\"scroll\">")
        .head("Where the generators ran", List.of("", "First", "Second"));
    Map<String, String> there = HtmlReport.environment(second);
    HtmlReport.environment(first)
        .forEach((name, value) -> html.row(name, List.of(value, there.get(name))));
    html.endTable().raw("</div></section>\n");
  }
}
