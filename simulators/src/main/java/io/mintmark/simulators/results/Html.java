package io.mintmark.simulators.results;

import java.util.List;

/**
 * HTML as it is written down. Whatever is given as text is escaped here and nowhere else: much of it
 * comes from the network.
 */
final class Html {

  private final StringBuilder out = new StringBuilder();

  /** Markup of our own, as it is. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** Text of anybody's. */
  Html text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** An element with text in it. */
  Html element(String name, String text) {
    return element(name, null, text);
  }

  /**
   * An element with text in it.
   *
   * @param style its class, a word of ours; null for none
   */
  Html element(String name, String style, String text) {
    String opening = style == null ? name : name + " class=\"" + style + "\"";
    return raw("<" + opening + ">").text(text).raw("</" + name + ">");
  }

  /** A row of a table: what it is about, and cells. */
  Html row(String head, List<String> cells) {
    raw("<tr><th scope=\"row\">").text(head).raw("</th>");
    cells.forEach(cell -> element("td", cell));
    return raw("</tr>\n");
  }

  /** The head of a table. */
  Html head(String caption, List<String> columns) {
    raw("<table>").element("caption", caption).raw("<thead><tr>");
    columns.forEach(column -> raw("<th scope=\"col\">").text(column).raw("</th>"));
    return raw("</tr></thead><tbody>\n");
  }

  Html endTable() {
    return raw("</tbody></table>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }

  /** Text as it may stand in an element, or in an attribute between double quotes. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        case '\n', '\t' -> safe.append(c);
        // Control characters are no HTML.
        default -> safe.append(c < 0x20 || c == 0x7f ? '\ufffd' : c);
      }
    }
    return safe.toString();
  }
}
