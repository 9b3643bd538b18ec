package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Figure.LegendLine;
import io.mintmark.simulators.results.Plot.Point;
import io.mintmark.simulators.results.Results.Interval;
import io.mintmark.simulators.results.Results.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** An operation over the time of a run. */
final class OperationPlots {

  /** More of them make a page heavy, and nobody can point at one. */
  private static final int MOST_HITS = 150;

  /** As many rows as a table is read with. */
  static final int MOST_ROWS = 120;

  private static final Moment NOTHING = new Moment(0, 0, null, null, null);

  private final Results results;
  private final String operation;
  private final String id;

  /**
   * The plots of one operation.
   *
   * @param id a word of ours that no other has
   */
  OperationPlots(Results results, String operation, String id) {
    this.results = results;
    this.operation = operation;
    this.id = id;
  }

  void write(Html html) {
    rate(html);
    if (results.operations().get(operation).latencyMillis() != null) {
      latency(html);
    }
  }

  private void rate(Html html) {
    boolean failures = results.operations().get(operation).failed() > 0;
    List<Point> done = rates(results, operation);
    List<Point> failed = steps(results, each -> moment(each, operation).failed());
    double most = Math.max(most(done), most(failed));
    Plot plot = new Plot(
        id + "-rate",
        operation + ": rate over time",
        "At most " + Shown.perSecond(most(done)) + " came through.",
        Scale.time(results.seconds()),
        Scale.linear(most, Shown::perSecond));
    plot.area("rate", done, done.stream().map(p -> new Point(p.x(), 0)).toList());
    plot.line("rate", done);
    List<LegendLine> keys = new ArrayList<>(List.of(new LegendLine("rate", "came through")));
    if (failures) {
      plot.line("failed", failed);
      keys.add(new LegendLine("failed", "failed"));
    }
    hits(plot);
    plot.marks(results.marks());
    Figure.write(html, operation + ": rate", keys, plot, table());
  }

  private void latency(Html html) {
    List<Point> p50 = latencies(results, operation, Moment::p50);
    List<Point> p99 = latencies(results, operation, Moment::p99);
    List<Point> max = latencies(results, operation, Moment::max);
    Plot plot = new Plot(
        id + "-latency",
        operation + ": latency over time",
        "Median, 99th percentile and maximum of each interval, on a logarithmic axis; at most "
            + Shown.millis(most(max)) + ".",
        Scale.time(results.seconds()),
        latencyScale(p50, max));
    plot.line("max", max);
    plot.line("p99", p99);
    plot.line("p50", p50);
    hits(plot);
    plot.marks(results.marks());
    Figure.write(
        html,
        operation + ": latency",
        List.of(
            new LegendLine("p50", "p50"),
            new LegendLine("p99", "p99"),
            new LegendLine("max", "max")),
        plot,
        null);
  }

  /** From the least of one line to the most of another. */
  static Scale latencyScale(List<Point> least, List<Point> most) {
    double low = values(least).min().orElse(1);
    return Scale.logarithmic(low, Math.max(low, most(most)), Shown::millis);
  }

  /** What came through a second, as steps. */
  static List<Point> rates(Results results, String operation) {
    return steps(results, each -> moment(each, operation).count());
  }

  private static List<Point> steps(Results results, ToDoubleFunction<Interval> count) {
    List<Point> points = new ArrayList<>();
    for (Interval each : results.series()) {
      double rate = count.applyAsDouble(each) / each.seconds();
      points.add(new Point(each.from(), rate));
      points.add(new Point(each.to(), rate));
    }
    return points;
  }

  /** Latencies in the middle of their intervals; NaN where nothing came through. */
  static List<Point> latencies(
      Results results, String operation, Function<Moment, Double> latency) {
    return results.series().stream()
        .map(each -> {
          Double millis = latency.apply(moment(each, operation));
          return new Point((each.from() + each.to()) / 2, millis == null ? Double.NaN : millis);
        })
        .toList();
  }

  /** The highest point; 0 if there is none. */
  static double most(List<Point> points) {
    return values(points).max().orElse(0);
  }

  private static DoubleStream values(List<Point> points) {
    return points.stream().mapToDouble(Point::y).filter(y -> !Double.isNaN(y));
  }

  private static Moment moment(Interval interval, String operation) {
    return interval.operations().getOrDefault(operation, NOTHING);
  }

  private void hits(Plot plot) {
    int step = step(MOST_HITS);
    for (int i = 0; i < results.series().size(); i += step) {
      Interval each = results.series().get(i);
      Interval last = results.series().get(Math.min(i + step, results.series().size()) - 1);
      plot.hit(each.from(), last.to(), words(each));
    }
  }

  private String words(Interval each) {
    Moment moment = moment(each, operation);
    String rate =
        Scale.moment(each.from()) + ": " + Shown.perSecond(moment.count() / each.seconds());
    String latency = moment.p50() == null
        ? ""
        : ", p50 %s, p99 %s, max %s"
            .formatted(
                Shown.millis(moment.p50()), Shown.millis(moment.p99()), Shown.millis(moment.max()));
    return rate
        + latency
        + (moment.failed() > 0 ? ", " + Shown.count(moment.failed()) + " failed" : "");
  }

  private String table() {
    int step = step(MOST_ROWS);
    String which = step == 1 ? "each interval" : "one interval of " + step;
    Html html = new Html()
        .head(
            operation + ": " + which,
            List.of("from", "to", "came through", "failed", "p50", "p99", "max"));
    for (int i = 0; i < results.series().size(); i += step) {
      Interval each = results.series().get(i);
      Moment moment = moment(each, operation);
      html.row(
          Scale.moment(each.from()),
          List.of(
              Scale.moment(each.to()),
              Shown.count(moment.count()),
              Shown.count(moment.failed()),
              millis(moment.p50()),
              millis(moment.p99()),
              millis(moment.max())));
    }
    return html.endTable().toString();
  }

  private static String millis(Double millis) {
    return millis == null ? "–" : Shown.millis(millis);
  }

  private int step(int most) {
    return step(results, most);
  }

  /** Every which interval is taken so that there are not more than so many. */
  static int step(Results results, int most) {
    return Math.max(1, (results.series().size() + most - 1) / most);
  }
}
