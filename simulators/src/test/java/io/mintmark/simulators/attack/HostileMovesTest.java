package io.mintmark.simulators.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HostileMovesTest {

  private static final Path PAGE = Path.of("../docs/simulators/attack.md");

  @Test
  void eachMoveSaysWhatItTriesAndWhoSaysWhatShouldHappen() {
    assertThat(HostileMoves.all()).hasSizeGreaterThan(100).allSatisfy(move -> {
      assertThat(move.id()).matches("[a-z0-9-]+\\.[a-z0-9-]+");
      assertThat(move.tries()).isNotBlank();
      assertThat(move.expected()).as(move.id()).matches(".*(\\(|\\.md|MQTT|RFC).*");
    });
    assertThat(HostileMoves.all()).extracting(HostileMove::id).containsAll(HostileMoves.WAITING);
  }

  /** The page is what this prints. */
  @Test
  void thePageListsTheCatalogue() throws IOException {
    String table = "| move | it tries | what should happen |\n| --- | --- | --- |\n"
        + HostileMoves.all().stream()
            .map(m -> "| `" + m.id() + "` | " + m.tries() + " | " + m.expected() + " |\n")
            .collect(Collectors.joining());
    assertThat(Files.readString(PAGE)).contains(table);
  }

  @Test
  void idsAndGroupsAreChosenInTheCataloguesOrder() {
    assertThat(HostileMoves.select(List.of())).isEqualTo(HostileMoves.all());
    assertThat(HostileMoves.select(List.of("will.foreign", "alias", "alias.zero")))
        .extracting(HostileMove::id)
        .containsExactly(
            "alias.zero", "alias.beyond-maximum", "alias.never-set", "alias.moved", "will.foreign");
  }

  @Test
  void saysWhatIsNearestToAMoveThereIsNot() {
    assertThatThrownBy(() -> HostileMoves.select(List.of("topics.wildcard")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'topics.wildcard' (did you mean ")
        .hasMessageContaining("--list");
    assertThatThrownBy(() -> new AttackPhase(List.of("x\ny")))
        .hasMessageContaining("no move or group of moves")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void theListNamesEveryMoveAndItsGroup() {
    String list = AttackPhase.list();
    assertThat(HostileMoves.all())
        .allMatch(move -> list.contains(move.id()) && list.contains(move.expected()));
    assertThat(list).contains("groups client-id, certificate, tls, ticket, topic");
  }

  @Test
  void theWorstOfSeveralTriesCounts() {
    Verdict held = Verdict.held("0x85");
    Verdict unproven = Verdict.unproven("no answer");
    Verdict leak = Verdict.leak("accepted");

    assertThat(held.and(held)).isEqualTo(held);
    assertThat(held.and(unproven)).isEqualTo(Verdict.unproven("0x85; no answer"));
    assertThat(unproven.and(held).outcome()).isEqualTo(Verdict.Outcome.UNPROVEN);
    assertThat(unproven.and(leak).outcome()).isEqualTo(Verdict.Outcome.LEAK);
    assertThat(leak.and(held).outcome()).isEqualTo(Verdict.Outcome.LEAK);
    assertThat(leak.and(unproven).outcome()).isEqualTo(Verdict.Outcome.LEAK);
    assertThat(held.and(leak).outcome()).isEqualTo(Verdict.Outcome.LEAK);
  }

  /** Unproven is no leak, and no success. */
  @Test
  void anHttpAnswerHoldsOnlyAsExpected() {
    assertThat(answer(401).refused(401).held()).isTrue();
    assertThat(answer(204).refused(401).outcome()).isEqualTo(Verdict.Outcome.LEAK);
    assertThat(answer(500).refused(401).outcome()).isEqualTo(Verdict.Outcome.UNPROVEN);
    assertThat(answer(0).refused(401).outcome()).isEqualTo(Verdict.Outcome.UNPROVEN);
  }

  private static HttpAnswer answer(int status) {
    return new HttpAnswer(status, "", new byte[0], 1);
  }
}
