package io.mintmark.simulators.results;

import io.mintmark.simulators.Environment;
import io.mintmark.simulators.results.Results.Latencies;
import io.mintmark.simulators.results.Results.Operation;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run came to, as one page of HTML that stands alone. */
public final class HtmlReport {

  private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
          "d MMM yyyy, HH:mm:ss 'UTC'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  private final Results results;
  private final Html html = new Html();

  private HtmlReport(Results results) {
    this.results = results;
  }

  /** The page. */
  public static String of(Results results) {
    return new HtmlReport(results).page();
  }

  /** A moment for a reader. */
  static String moment(Instant moment) {
    return MOMENT.format(moment);
  }

  private String page() {
    header();
    expectations();
    cards();
    counters();
    operations();
    failures();
    tables();
    plots();
    generator();
    run();
    return Page.of(
        results.run().scenario() + " · " + moment(results.started()) + " · Mintmark", html);
  }

  private void header() {
    Run run = results.run();
    html.raw("<header><p class=\"brand\">Mintmark <span>simulation report</span></p>")
        .element("h1", run.scenario())
        .raw("<p class=\"facts\">")
        .text("%s devices (%s) against %s"
            .formatted(Shown.count(run.devices()), run.engine(), run.target()))
        .raw("<br>")
        .text(moment(results.started()) + ", " + Shown.duration(results.seconds())
            + (results.stopped() ? ", stopped before its end" : ""))
        .raw("</p></header>\n");
  }

  private void expectations() {
    List<Outcome> outcomes = results.expectations();
    long missed = outcomes.stream().filter(each -> !each.met()).count();
    if (outcomes.isEmpty()) {
      return;
    }
    html.raw("<section class=\"words\"><h2>Expectations</h2>")
        .element(
            "p",
            missed == 0 ? "verdict good" : "verdict bad",
            missed == 0
                ? "✓ "
                    + (outcomes.size() == 1
                        ? "The expectation was met"
                        : "All %d expectations were met".formatted(outcomes.size()))
                : "✗ %d of %d expectations missed".formatted(missed, outcomes.size()))
        .raw("<div class=\"scroll\">")
        .head("What the run was held to", List.of("Expectation", "Measured", "Outcome"));
    for (Outcome each : outcomes) {
      html.raw("<tr><th scope=\"row\"><code>")
          .text(each.expectation())
          .raw("</code></th>")
          .element("td", each.measured())
          .element("td", each.met() ? "good" : "bad", each.met() ? "✓ met" : "✗ missed")
          .raw("</tr>\n");
    }
    html.endTable().raw("</div></section>\n");
  }

  private void cards() {
    html.raw("<section class=\"cards\" aria-label=\"At a glance\">");
    results.operations().forEach((name, operation) -> {
      html.raw("<article>").element("h3", name);
      if (operation.latencyMillis() == null) {
        html.element("p", "big", "none came through");
      } else {
        html.element("p", "big", Shown.perSecond(operation.ratePerSecond()))
            .element(
                "p",
                "p50 %s · p99 %s"
                    .formatted(
                        Shown.millis(operation.latencyMillis().p50()),
                        Shown.millis(operation.latencyMillis().p99())));
      }
      html.raw("<p>").text(Shown.count(operation.count()) + " done");
      if (operation.failed() > 0) {
        html.text(" · ").element("span", "bad", Shown.count(operation.failed()) + " failed");
      }
      html.raw("</p></article>");
    });
    html.raw("</section>\n");
  }

  private void counters() {
    if (results.counters().isEmpty()) {
      return;
    }
    html.raw("<dl class=\"counters\" aria-label=\"Counters\">");
    results.counters().forEach((name, count) -> {
      if (!name.equals(Names.LOOKS) && !name.equals(Names.FULL_LOOKS)) {
        html.raw("<div>").element("dt", name).element("dd", Shown.count(count)).raw("</div>");
      }
    });
    html.raw("</dl>\n");
  }

  private void operations() {
    if (results.operations().isEmpty()) {
      html.element("p", "Nothing was done.");
      return;
    }
    html.raw("<section><h2>Operations</h2><div class=\"scroll\">")
        .head(
            "Latency counts from the moment an operation was due, so that a late start is in it.",
            List.of("", "count", "failed", "rate", "mean", "p50", "p90", "p99", "p99.9", "max"));
    results.operations().forEach((name, operation) -> html.row(name, cells(operation)));
    html.endTable().raw("</div></section>\n");
  }

  private static List<String> cells(Operation operation) {
    List<String> cells =
        new ArrayList<>(List.of(Shown.count(operation.count()), Shown.count(operation.failed())));
    Latencies latency = operation.latencyMillis();
    if (latency == null) {
      cells.addAll(List.of("–", "–", "–", "–", "–", "–", "–"));
      return cells;
    }
    cells.add(Shown.perSecond(operation.ratePerSecond()));
    for (double millis : new double[] {
      latency.mean(), latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.max()
    }) {
      cells.add(Shown.millis(millis));
    }
    return cells;
  }

  private void failures() {
    html.raw("<section class=\"words\"><h2>Failures</h2>");
    if (results.operations().values().stream().allMatch(each -> each.failed() == 0)) {
      html.element("p", "No operation failed.").raw("</section>\n");
      return;
    }
    html.raw("<div class=\"scroll\">")
        .head("Failures by reason", List.of("Operation", "Count", "Reason"));
    results
        .operations()
        .forEach((name, operation) -> operation
            .failures()
            .forEach((reason, count) -> html.raw("<tr><th scope=\"row\">")
                .text(name)
                .raw("</th>")
                .element("td", Shown.count(count))
                .element("td", "reason", reason)
                .raw("</tr>\n")));
    html.endTable().raw("</div></section>\n");
  }

  private void tables() {
    results.tables().forEach((name, rows) -> {
      List<String> columns =
          rows.stream().flatMap(row -> row.keySet().stream()).distinct().toList();
      html.raw("<section class=\"words\"><h2>")
          .text(capital(name))
          .raw("</h2><div class=\"scroll\">");
      html.head(
          Shown.count(rows.size()) + " in all",
          columns.stream().map(HtmlReport::capital).toList());
      for (Map<String, String> row : rows) {
        html.raw("<tr>");
        columns.forEach(column -> html.element("td", row.getOrDefault(column, "")));
        html.raw("</tr>\n");
      }
      html.endTable().raw("</div></section>\n");
    });
  }

  private static String capital(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private void plots() {
    if (results.series().isEmpty()) {
      return;
    }
    html.raw("<section><h2>Plots</h2>");
    marks();
    html.raw("<div class=\"plots\">");
    RunPlots.states(html, results);
    RunPlots.percentiles(html, results);
    int number = 0;
    for (Map.Entry<String, Operation> each : results.operations().entrySet()) {
      if (RunPlots.isPlotted(each.getValue())) {
        new OperationPlots(results, each.getKey(), "o" + number).write(html);
        number++;
      }
    }
    html.raw("</div></section>\n");
  }

  private void marks() {
    if (results.marks().isEmpty()) {
      return;
    }
    html.raw("<ol class=\"marks\">");
    results
        .marks()
        .forEach(mark -> html.raw("<li>")
            .element("span", Scale.moment(mark.at()))
            .text(" " + mark.text())
            .raw("</li>"));
    html.raw("</ol>\n");
  }

  private void generator() {
    Generator generator = results.generator();
    html.raw("<section><h2>The generator</h2>")
        .element("p", generator.bottleneck() ? "verdict bad" : null, generator.verdict());
    results.remarks().forEach(remark -> html.element("p", remark));
    html.raw("<div class=\"plots\">");
    RunPlots.processors(html, results);
    RunPlots.gauges(html, results);
    if (!generator.cpuMillisPer().isEmpty()) {
      html.raw("<div class=\"scroll\">")
          .head(
              "All it used while an operation went on, for each that came through",
              List.of("", "processor time each"));
      generator
          .cpuMillisPer()
          .forEach((name, millis) -> html.row(name, List.of(Shown.millis(millis))));
      html.endTable().raw("</div>");
    }
    html.raw("</div></section>\n");
  }

  private void run() {
    html.raw("<section class=\"words\"><h2>The run</h2><h3>Command</h3><pre><code>")
        .text(results.run().command())
        .raw("</code></pre>\n<h3>Scenario</h3><pre><code>")
        .text(results.run().text())
        .raw("</code></pre>\n<h3>Environment</h3><div class=\"scroll\">")
        .head("Where the generator ran", List.of("", ""));
    environment(results).forEach((name, value) -> html.row(name, List.of(value)));
    html.endTable().raw("</div></section>\n");
  }

  /** Where it ran, by what a reader calls it. */
  static Map<String, String> environment(Results results) {
    Environment environment = results.run().environment();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("Mintmark", results.run().mintmark());
    rows.put(
        "Processor",
        "%d × %s"
            .formatted(
                environment.processors(),
                environment.processor() == null
                    ? environment.architecture()
                    : environment.processor() + " (" + environment.architecture() + ")"));
    rows.put(
        "Memory",
        "%s MiB, of which the generator may use %s"
            .formatted(
                Shown.count(environment.memoryMegabytes()),
                Shown.count(environment.heapMegabytes())));
    rows.put("System", environment.os());
    rows.put("Java", environment.java() + ", " + environment.vm());
    rows.put("Signatures by", environment.signatures());
    return rows;
  }
}
