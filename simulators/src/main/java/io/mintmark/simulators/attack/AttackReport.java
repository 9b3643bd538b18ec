package io.mintmark.simulators.attack;

import io.mintmark.simulators.attack.Verdict.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of an attack. Immutable.
 *
 * @param rows a row a move that was played, in the catalogue's order
 * @param notTried the others, and what they would have taken: of these nothing is said
 */
public record AttackReport(List<Row> rows, Map<String, String> notTried) {

  /**
   * A move and what came of it.
   *
   * @param id its id
   * @param group its group
   * @param tries what it tries
   * @param expected what should happen, and who says so
   * @param outcome whether the system held
   * @param saw what was seen
   * @param millis how long it took
   */
  public record Row(
      String id,
      String group,
      String tries,
      String expected,
      Outcome outcome,
      String saw,
      long millis) {

    static Row of(HostileMove move, Verdict verdict, long millis) {
      return new Row(
          move.id(),
          move.group(),
          move.tries(),
          move.expected(),
          verdict.outcome(),
          verdict.saw(),
          millis);
    }

    /** The same move, a leak after all. */
    Row refuted() {
      String seen = "a message was DELIVERED, if late; " + saw;
      return new Row(id, group, tries, expected, Outcome.LEAK, seen, millis);
    }

    /** In the order of columns. */
    Map<String, String> cells() {
      return AttackReport.cells(id, outcome.word(), tries, expected, saw);
    }
  }

  private static final String NOT_TRIED = "not tried";

  private static Map<String, String> cells(
      String id, String verdict, String tries, String expected, String saw) {
    Map<String, String> cells = new LinkedHashMap<>();
    cells.put("move", id);
    cells.put("verdict", verdict);
    cells.put("tries", tries);
    cells.put("expected", expected);
    cells.put("saw", saw);
    return cells;
  }

  /** In the order of columns, as those that were made. */
  static Map<String, String> notTried(HostileMove move, String why) {
    return cells(move.id(), NOT_TRIED, move.tries(), move.expected(), why);
  }

  /** Copies both. */
  public AttackReport {
    rows = List.copyOf(rows);
    notTried = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(notTried));
  }

  /** How many moves came to this. */
  public long count(Outcome outcome) {
    return rows.stream().filter(row -> row.outcome() == outcome).count();
  }

  /** Whether all that were played held, and any was. */
  public boolean passed() {
    return !rows.isEmpty() && count(Outcome.HELD) == rows.size();
  }

  /** One line. */
  public String summary() {
    return rows.size() + " hostile moves: " + count(Outcome.HELD) + " held, "
        + count(Outcome.LEAK) + " leaks, " + count(Outcome.UNPROVEN) + " unproven"
        + (notTried.isEmpty() ? "" : ", " + notTried.size() + " not tried");
  }

  /** Each move with what it tries and what was seen, the worst first; then those not tried. */
  public String table() {
    StringBuilder text = new StringBuilder();
    for (Outcome outcome : List.of(Outcome.LEAK, Outcome.UNPROVEN, Outcome.HELD)) {
      for (Row row : rows) {
        if (row.outcome() == outcome) {
          text.append("%-9s %s: %s%n          saw %s%n"
              .formatted(outcome.word(), row.id(), row.tries(), row.saw()));
          if (outcome != Outcome.HELD) {
            text.append("          expected ")
                .append(row.expected())
                .append(System.lineSeparator());
          }
        }
      }
    }
    notTried.forEach((id, why) -> text.append("%-9s %s: %s%n".formatted(NOT_TRIED, id, why)));
    return text.append(summary()).append(System.lineSeparator()).toString();
  }

  /** What is wrong, one line a move; empty if nothing is. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (Row row : rows) {
      if (row.outcome() != Outcome.HELD) {
        faults.add(row.outcome().word() + " " + row.id() + ": " + row.saw());
      }
    }
    return faults;
  }
}
