package io.mintmark.simulators;

import java.util.List;

/** Rows of text under each other. */
public final class TextTable {

  private TextTable() {}

  /**
   * The rows, each ended by a line feed.
   *
   * @param rows at least one, all of the same number of cells
   */
  public static String of(List<List<String>> rows) {
    return of(rows, 3);
  }

  /**
   * The same with so much between columns.
   *
   * @param gap blanks
   */
  public static String of(List<List<String>> rows, int gap) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
        line.append(("%-" + (width + gap) + "s").formatted(row.get(column)));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
