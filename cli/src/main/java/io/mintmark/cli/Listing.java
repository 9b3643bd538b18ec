package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** Shows what the operator API answered: as a table or as lines for people, as JSON for scripts. */
final class Listing {

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  void print(PrintWriter out, JsonNode answer) {
    if (json) {
      out.println(answer.toPrettyString());
    } else if (answer.isArray()) {
      table(out, answer);
    } else {
      lines(out, "", answer);
    }
    out.flush();
  }

  private static void table(PrintWriter out, JsonNode rows) {
    Set<String> columns = new LinkedHashSet<>();
    for (JsonNode row : rows) {
      for (Map.Entry<String, JsonNode> field : row.properties()) {
        if (!field.getValue().isContainerNode()) {
          columns.add(field.getKey());
        }
      }
    }
    List<List<String>> cells = new ArrayList<>();
    cells.add(columns.stream().map(String::toUpperCase).toList());
    for (JsonNode row : rows) {
      cells.add(columns.stream().map(c -> text(row.path(c))).toList());
    }
    for (List<String> row : cells) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        line.append(row.get(c));
        if (c < row.size() - 1) {
          line.append(" ".repeat(width(cells, c) - row.get(c).length() + 2));
        }
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static int width(List<List<String>> cells, int column) {
    return cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static void lines(PrintWriter out, String indent, JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      JsonNode value = field.getValue();
      if (!value.isContainerNode()) {
        out.println(indent + field.getKey() + ": " + text(value));
        continue;
      }
      out.println(indent + field.getKey() + ":");
      if (value.isObject()) {
        lines(out, indent + "  ", value);
        continue;
      }
      for (JsonNode element : value) {
        if (element.isObject()) {
          List<String> parts = new ArrayList<>();
          element.properties().forEach(e -> parts.add(e.getKey() + "=" + text(e.getValue())));
          out.println(indent + "  - " + String.join(" ", parts));
        } else {
          out.println(indent + "  - " + text(element));
        }
      }
    }
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() || value.isNull()
        ? "-"
        : value.isContainerNode() ? value.toString() : value.asText();
  }
}
