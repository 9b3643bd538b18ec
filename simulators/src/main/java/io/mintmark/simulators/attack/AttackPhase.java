package io.mintmark.simulators.attack;

import io.mintmark.simulators.scenario.Key;
import io.mintmark.simulators.scenario.Phase;
import io.mintmark.simulators.scenario.Play;
import io.mintmark.simulators.scenario.Verb;
import java.util.Arrays;
import java.util.List;

/** The verb {@code attack}: plays the catalogue, or a part of it, and fails on any leak. */
public final class AttackPhase implements Phase {

  private static final Key MOVES =
      new Key("moves", "NAMES", "Hostile moves or groups of them, by commas; without it all.");

  /** How scenarios write it. */
  public static final Verb VERB = new Verb(
      Attack.OPERATION,
      List.of(MOVES),
      settings ->
          new AttackPhase(settings.read(MOVES.name(), AttackPhase::known).orElse(List.of())));

  private final List<HostileMove> moves;

  /**
   * @param idsOrGroups what to play; none for all
   * @throws IllegalArgumentException if one is neither; one line that names what is nearest
   */
  public AttackPhase(List<String> idsOrGroups) {
    moves = HostileMoves.select(idsOrGroups);
  }

  private static List<String> known(String names) {
    List<String> each = Arrays.stream(names.split(",")).map(String::strip).toList();
    return HostileMoves.select(each).stream().map(HostileMove::id).toList();
  }

  /** The catalogue, to be read: each move with what it tries and what should happen. */
  public static String list() {
    StringBuilder text = new StringBuilder();
    for (HostileMove move : HostileMoves.all()) {
      text.append(
          "%-34s %s%n%34s expected: %s%n".formatted(move.id(), move.tries(), "", move.expected()));
    }
    return text.append(HostileMoves.all().size())
        .append(" moves in the groups ")
        .append(String.join(", ", HostileMoves.groups()))
        .append(System.lineSeparator())
        .toString();
  }

  @Override
  public String verb() {
    return Attack.OPERATION;
  }

  /** Without one, it plays what strangers can. */
  @Override
  public boolean needsOperator() {
    return false;
  }

  @Override
  public void play(Play play) throws Exception {
    AttackReport report =
        new Attack(play.target(), play.folder(), moves, play.recorder(), play.progress()).play();
    play.recorder().mark(report.summary());
    play.progress().step(report.summary());
    report.faults().forEach(play.progress()::step);
    report.notTried().forEach((id, why) -> play.progress().step("not tried " + id + ": " + why));
  }
}
