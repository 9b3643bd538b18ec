package io.mintmark.simulators.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot as SVG that stands in a page and takes its colours from the page's style. What is drawn is
 * told in a title and a description, too, for those who do not see it.
 */
final class Plot {

  private static final double WIDTH = 640;
  private static final double HEIGHT = 240;
  private static final double LEFT = 58;
  private static final double RIGHT = 14;
  private static final double TOP = 20;
  private static final double BOTTOM = 26;
  private static final double FLAG_WIDTH = 13;

  private final String id;
  private final String title;
  private final String description;
  private final Scale x;
  private final Scale y;
  private final StringBuilder shapes = new StringBuilder();
  private final StringBuilder hits = new StringBuilder();
  private final List<Mark> marks = new ArrayList<>();

  /** A point; no line goes through one whose y is NaN. */
  record Point(double x, double y) {}

  /**
   * A plot without anything in it yet.
   *
   * @param id unlike any other's of the page; a word of ours
   */
  Plot(String id, String title, String description, Scale x, Scale y) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.x = x;
    this.y = y;
  }

  /** A line through points; one that stands alone is a dot. */
  void line(String style, List<Point> points) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    boolean down = false;
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      if (Double.isNaN(point.y())) {
        down = false;
        continue;
      }
      boolean alone =
          !down && (i + 1 == points.size() || Double.isNaN(points.get(i + 1).y()));
      if (alone) {
        dots.append('M').append(place(point.x(), point.y())).append("h.01");
      } else {
        path.append(down ? 'L' : 'M').append(place(point.x(), point.y()));
      }
      down = true;
    }
    if (!path.isEmpty()) {
      shapes.append("<path class=\"line %s\" d=\"%s\"/>".formatted(style, path));
    }
    if (!dots.isEmpty()) {
      shapes.append("<path class=\"line %s dot\" d=\"%s\"/>".formatted(style, dots));
    }
  }

  /** An area between two edges that have the same xs. */
  void area(String style, List<Point> upper, List<Point> lower) {
    if (upper.isEmpty()) {
      return;
    }
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < upper.size(); i++) {
      path.append(i == 0 ? 'M' : 'L')
          .append(place(upper.get(i).x(), upper.get(i).y()));
    }
    for (int i = lower.size() - 1; i >= 0; i--) {
      path.append('L').append(place(lower.get(i).x(), lower.get(i).y()));
    }
    shapes.append("<path class=\"area %s\" d=\"%sZ\"/>".formatted(style, path));
  }

  /** Words that a pointer over this part of the x axis shows. */
  void hit(double from, double to, String words) {
    double begin = left(from);
    hits.append("<rect class=\"hit\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>"
            .formatted(
                figure(begin),
                figure(TOP),
                figure(Math.max(0.5, left(to) - begin)),
                figure(HEIGHT - TOP - BOTTOM)))
        .append(Html.escaped(words))
        .append("</title></rect>");
  }

  void marks(List<Mark> more) {
    marks.addAll(more);
  }

  /** The SVG element. */
  String svg() {
    StringBuilder out = new StringBuilder();
    out.append("<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-labelledby=\"%s-t %s-d\">"
            .formatted(figure(WIDTH), figure(HEIGHT), id, id))
        .append("<title id=\"%s-t\">%s</title>".formatted(id, Html.escaped(title)))
        .append("<desc id=\"%s-d\">%s</desc>".formatted(id, Html.escaped(description)));
    for (Scale.Tick tick : y.ticks()) {
      double top = top(tick.value());
      out.append("<path class=\"grid\" d=\"M%s %sH%s\"/>"
              .formatted(figure(LEFT), figure(top), figure(WIDTH - RIGHT)))
          .append(label(LEFT - 8, top + 3.5, "end", tick.label()));
    }
    for (Scale.Tick tick : x.ticks()) {
      double left = left(tick.value());
      out.append("<path class=\"tick\" d=\"M%s %sv4\"/>"
              .formatted(figure(left), figure(HEIGHT - BOTTOM)))
          .append(label(left, HEIGHT - 7, left > WIDTH - 40 ? "end" : "middle", tick.label()));
    }
    out.append(shapes)
        .append("<path class=\"axis\" d=\"M%s %sH%s\"/>"
            .formatted(figure(LEFT), figure(HEIGHT - BOTTOM), figure(WIDTH - RIGHT)))
        .append(hits);
    flags(out);
    return out.append("</svg>").toString();
  }

  private void flags(StringBuilder out) {
    double free = 0;
    for (int i = 0; i < marks.size(); i++) {
      double left = left(marks.get(i).at());
      out.append("<g class=\"mark\"><title>%s</title><path d=\"M%s %sV%s\"/>"
          .formatted(
              Html.escaped(Scale.moment(marks.get(i).at()) + ": " + marks.get(i).text()),
              figure(left),
              figure(TOP - 4),
              figure(HEIGHT - BOTTOM)));
      if (left >= free) {
        out.append(label(left, TOP - 8, "middle", Integer.toString(i + 1)));
        free = left + FLAG_WIDTH;
      }
      out.append("</g>");
    }
  }

  private static String label(double left, double top, String anchor, String text) {
    return "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
        .formatted(figure(left), figure(top), anchor, Html.escaped(text));
  }

  private String place(double xValue, double yValue) {
    return figure(left(xValue)) + " " + figure(top(yValue));
  }

  private double left(double value) {
    return LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double top(double value) {
    return TOP + (1 - y.at(value)) * (HEIGHT - TOP - BOTTOM);
  }

  private static String figure(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
