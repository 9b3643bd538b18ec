package io.mintmark.simulators.results;

import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.results.Figure.LegendLine;
import io.mintmark.simulators.results.Plot.Point;
import io.mintmark.simulators.results.Results.Interval;
import io.mintmark.simulators.results.Results.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What is plotted of a run as a whole. */
final class RunPlots {

  /** From the axis up: what is best is at the bottom, where it is easiest to compare. */
  private static final List<DeviceState> BOTTOM_UP = List.of(
      DeviceState.CONNECTED,
      DeviceState.CONNECTING,
      DeviceState.REFUSED,
      DeviceState.ENROLLED,
      DeviceState.NEW);

  private static final double PER_NINE = 20;
  private static final int COLOURS = 8;
  private static final double[] TABLED = {50, 75, 90, 95, 99, 99.9, 99.99, 100};

  private RunPlots() {}

  /** Latency by percentile, a line an operation. */
  static void percentiles(Html html, Results results) {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    List<LegendLine> keys = new ArrayList<>();
    results.operations().forEach((name, operation) -> {
      if (operation.count() > 0) {
        keys.add(new LegendLine("s" + keys.size() % COLOURS, name));
        histograms.put(name, operation.histogram());
      }
    });
    percentiles(html, "percentiles", "Latency by percentile", histograms, keys);
  }

  /** The same for other lines, each with its key. */
  static void percentiles(
      Html html,
      String id,
      String caption,
      Map<String, Histogram> histograms,
      List<LegendLine> keys) {
    if (histograms.isEmpty()) {
      return;
    }
    long most =
        histograms.values().stream().mapToLong(Histogram::getTotalCount).max().orElse(1);
    double low = histograms.values().stream()
        .mapToDouble(each -> Math.max(1, each.getMinValue()) / 1e3)
        .min()
        .orElse(1);
    double high = histograms.values().stream()
        .mapToDouble(each -> each.getMaxValue() / 1e3)
        .max()
        .orElse(1);
    Plot plot = new Plot(
        id,
        caption,
        "How long the fastest so many percent took at most; both axes logarithmic.",
        Scale.percentiles(most),
        Scale.logarithmic(low, high, Shown::millis));
    keys.forEach(key -> plot.line(key.style(), curve(histograms.get(key.words()))));
    Figure.write(html, caption, keys, plot, table(caption, histograms));
  }

  private static List<Point> curve(Histogram histogram) {
    double end = Math.log10((double) Math.max(10, histogram.getTotalCount()));
    List<Point> points = new ArrayList<>();
    for (int i = 0; i <= Math.ceil(end * PER_NINE); i++) {
      double percentile = 100 * (1 - Math.pow(10, -Math.min(end, i / PER_NINE)));
      points.add(new Point(percentile, histogram.getValueAtPercentile(percentile) / 1e3));
    }
    return points;
  }

  private static String table(String caption, Map<String, Histogram> histograms) {
    List<String> columns = new ArrayList<>(List.of(""));
    for (double percentile : TABLED) {
      columns.add(percentile == 100 ? "max" : "p" + figure(percentile));
    }
    Html html = new Html().head(caption, columns);
    histograms.forEach((name, histogram) -> {
      List<String> cells = new ArrayList<>();
      for (double percentile : TABLED) {
        cells.add(Shown.millis(histogram.getValueAtPercentile(percentile) / 1e3));
      }
      html.row(name, cells);
    });
    return html.endTable().toString();
  }

  private static String figure(double percentile) {
    String text = Double.toString(percentile);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** Devices by state over time, one above the other. */
  static void states(Html html, Results results) {
    List<DeviceState> present = BOTTOM_UP.stream()
        .filter(state ->
            results.series().stream().anyMatch(each -> each.states().getOrDefault(state, 0) > 0))
        .toList();
    if (present.isEmpty()) {
      return;
    }
    double most = results.series().stream()
        .mapToDouble(
            each -> each.states().values().stream().mapToInt(Integer::intValue).sum())
        .max()
        .orElse(1);
    Plot plot = new Plot(
        "states",
        "Devices by state over time",
        "At the end: " + states(results.series().get(results.series().size() - 1)),
        Scale.time(results.seconds()),
        Scale.linear(most, Shown::digits));
    List<LegendLine> keys = new ArrayList<>();
    List<Point> lower =
        results.series().stream().map(each -> new Point(each.to(), 0)).toList();
    lower = fromTheBegin(lower);
    for (DeviceState state : present) {
      List<Point> upper = new ArrayList<>();
      List<Point> steps = fromTheBegin(results.series().stream()
          .map(each -> new Point(each.to(), each.states().getOrDefault(state, 0)))
          .toList());
      for (int i = 0; i < steps.size(); i++) {
        upper.add(new Point(steps.get(i).x(), lower.get(i).y() + steps.get(i).y()));
      }
      plot.area(style(state), upper, lower);
      keys.add(new LegendLine(style(state), word(state)));
      lower = upper;
    }
    results
        .series()
        .forEach(each ->
            plot.hit(each.from(), each.to(), Scale.moment(each.to()) + ": " + states(each)));
    plot.marks(results.marks());
    Figure.write(html, "Devices by state", keys, plot, stateTable(results, present));
  }

  private static String stateTable(Results results, List<DeviceState> present) {
    int step = OperationPlots.step(results, OperationPlots.MOST_ROWS);
    List<String> columns = new ArrayList<>(List.of("at"));
    present.forEach(state -> columns.add(word(state)));
    columns.add("generator busy");
    columns.add("installation busy");
    Html html = new Html().head("Devices by state, and processors kept busy", columns);
    for (int i = 0; i < results.series().size(); i += step) {
      Interval each = results.series().get(i);
      List<String> cells = new ArrayList<>();
      present.forEach(state -> cells.add(Shown.count(each.states().getOrDefault(state, 0))));
      cells.add(Shown.digits(each.generatorBusy()));
      cells.add(each.targetBusy() == null ? "–" : Shown.digits(each.targetBusy()));
      html.row(Scale.moment(each.to()), cells);
    }
    return html.endTable().toString();
  }

  /** What the first sample found is how it began, as far as anybody knows. */
  private static List<Point> fromTheBegin(List<Point> points) {
    List<Point> all = new ArrayList<>(List.of(new Point(0, points.get(0).y())));
    all.addAll(points);
    return all;
  }

  private static String states(Interval interval) {
    return interval.states().entrySet().stream()
        .map(e -> Shown.count(e.getValue()) + " " + word(e.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String style(DeviceState state) {
    return "state-" + word(state);
  }

  private static String word(DeviceState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** Processors kept busy over time. */
  static void processors(Html html, Results results) {
    if (results.series().isEmpty()) {
      return;
    }
    List<Point> generator = new ArrayList<>();
    List<Point> target = new ArrayList<>();
    for (Interval each : results.series()) {
      double middle = (each.from() + each.to()) / 2;
      generator.add(new Point(middle, each.generatorBusy()));
      target.add(new Point(middle, each.targetBusy() == null ? Double.NaN : each.targetBusy()));
    }
    int there = results.generator().processors();
    Plot plot = new Plot(
        "processors",
        "Processors kept busy over time",
        "The generator kept %s of %d processors busy on average."
            .formatted(Shown.digits(results.generator().busy()), there),
        Scale.time(results.seconds()),
        Scale.linear(Math.max(there, OperationPlots.most(generator)), each -> Shown.digits(each)));
    plot.line("limit", List.of(new Point(0, there), new Point(results.seconds(), there)));
    plot.line("generator", generator);
    plot.line("target", target);
    List<LegendLine> keys = new ArrayList<>(List.of(new LegendLine("generator", "generator")));
    if (OperationPlots.most(target) > 0) {
      keys.add(new LegendLine("target", "installation"));
    }
    keys.add(new LegendLine("limit", "all there are"));
    plot.marks(results.marks());
    Figure.write(html, "Processors kept busy", keys, plot, null);
  }

  /** Counters that tell of the generator itself go up and down: its heap, its threads. */
  static void gauges(Html html, Results results) {
    int number = 0;
    for (String counter : Names.GAUGES) {
      if (results.counters().containsKey(counter)) {
        gauge(html, results, counter, "g" + number);
        number++;
      }
    }
  }

  private static void gauge(Html html, Results results, String counter, String id) {
    List<Point> points = results.series().stream()
        .map(each -> new Point(
            each.to(),
            each.counters().containsKey(counter)
                ? each.counters().get(counter).doubleValue()
                : Double.NaN))
        .toList();
    double most = OperationPlots.most(points);
    Plot plot = new Plot(
        id,
        counter + " over time",
        "At most " + Shown.digits(most) + ", at the end " + Comparison.counter(results, counter)
            + ".",
        Scale.time(results.seconds()),
        Scale.linear(most, Shown::digits));
    plot.line("generator", points);
    plot.marks(results.marks());
    Figure.write(html, counter, List.of(), plot, null);
  }

  /** Whether an operation is worth a plot of its own. */
  static boolean isPlotted(Operation operation) {
    return operation.count() + operation.failed() > 0;
  }
}
