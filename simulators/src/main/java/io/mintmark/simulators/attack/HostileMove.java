package io.mintmark.simulators.attack;

import io.mintmark.simulators.Claim;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One thing an intruder tries. The catalogue, {@link HostileMoves}, is a regression list: a defect
 * found becomes a move.
 *
 * @param id its name for good, {@code group.what}
 * @param tries what it tries, as words that complete "the intruder tries ..."
 * @param expected what should happen, and which section of which document says so
 * @param needs what it takes
 * @param play makes the move and tells what came of it
 */
public record HostileMove(String id, String tries, String expected, Set<Need> needs, Play play) {

  /** How a move is made. */
  @FunctionalInterface
  interface Play {
    /** Makes the move; what it throws means that nothing was proven. */
    Verdict on(Stage stage) throws Exception;
  }

  /** A move by a device with a certificate of its own. */
  static HostileMove cast(String id, String tries, String expected, Play play) {
    return new HostileMove(id, tries, expected, Set.of(Need.CAST), play);
  }

  /** A move that takes nothing but an address. */
  static HostileMove plain(String id, String tries, String expected, Play play) {
    return new HostileMove(id, tries, expected, Set.of(), play);
  }

  /** The part of the id before the dot. */
  public String group() {
    return id.substring(0, id.indexOf('.'));
  }

  /** Makes the moves of one claim, all of which have to be held against. */
  public static Claim claim(String name, List<HostileMove> moves, Stage stage)
      throws InterruptedException {
    stage.begin(name);
    int held = 0;
    Set<String> seen = new LinkedHashSet<>();
    StringBuilder detail = new StringBuilder();
    for (HostileMove move : moves) {
      Verdict verdict = move.verdict(stage);
      held += verdict.held() ? 1 : 0;
      seen.add(verdict.saw());
      detail
          .append(detail.isEmpty() ? "" : "; ")
          .append(move.tries)
          .append(" -> ")
          .append(verdict.saw());
    }
    String figure = held + "/" + moves.size() + " refused"
        + (held == moves.size() && seen.size() == 1 ? ": " + seen.iterator().next() : "");
    return Claim.of(name, held == moves.size(), figure, detail.toString());
  }

  /** Makes the move. */
  Verdict verdict(Stage stage) throws InterruptedException {
    try {
      return play.on(stage);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return Verdict.unproven(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
