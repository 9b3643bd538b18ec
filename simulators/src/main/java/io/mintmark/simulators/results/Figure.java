package io.mintmark.simulators.results;

import java.util.List;

/** A plot with its caption, its legend and what is to be read instead of it. */
final class Figure {

  /** A line of the legend: its style and its words. */
  record LegendLine(String style, String words) {}

  private Figure() {}

  /**
   * The figure element.
   *
   * @param table the figures of the plot as a table; null for none
   */
  static void write(Html html, String caption, List<LegendLine> keys, Plot plot, String table) {
    html.raw("<figure><figcaption>").element("strong", caption).raw("<span class=\"keys\">");
    keys.forEach(key ->
        html.raw("<span class=\"key " + key.style() + "\">").text(key.words()).raw("</span>"));
    html.raw("</span></figcaption>").raw(plot.svg());
    if (table != null) {
      html.raw("<details><summary>The figures</summary><div class=\"scroll\">")
          .raw(table)
          .raw("</div></details>");
    }
    html.raw("</figure>\n");
  }
}
