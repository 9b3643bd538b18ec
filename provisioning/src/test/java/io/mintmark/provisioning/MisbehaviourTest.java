package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.provisioning.Misbehaviour.Mishap;
import io.mintmark.provisioning.Misbehaviour.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MisbehaviourTest {

  private static final Duration LEAST = Duration.ofMillis(200);
  private static final Duration MOST = Duration.ofSeconds(2);

  private static List<Turn> turns(Map<Mishap, Double> shares, long seed) {
    Misbehaviour misbehaviour = new Misbehaviour(LEAST, MOST, shares, seed);
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      turns.add(misbehaviour.next());
    }
    return turns;
  }

  private static List<Optional<Mishap>> mishaps(List<Turn> turns) {
    return turns.stream().map(Turn::mishap).toList();
  }

  @Test
  void meetsTheSharesAndTheSameRequestsAgain() {
    Map<Mishap, Double> shares = Map.of(Mishap.DROP, 0.1, Mishap.TRICKLE, 0.3);
    List<Turn> turns = turns(shares, 5);
    List<Optional<Mishap>> met = mishaps(turns);
    assertThat(met.stream().filter(Optional.of(Mishap.DROP)::equals).count()).isBetween(70L, 130L);
    assertThat(met.stream().filter(Optional.of(Mishap.TRICKLE)::equals).count())
        .isBetween(250L, 350L);
    assertThat(met.stream().filter(Optional::isEmpty).count()).isBetween(550L, 650L);
    assertThat(mishaps(turns(shares, 5))).isEqualTo(met);
    assertThat(mishaps(turns(shares, 6))).isNotEqualTo(met);
    assertThat(turns).allMatch(turn -> turn.delay().compareTo(LEAST) >= 0);
    assertThat(turns).allMatch(turn -> turn.delay().compareTo(MOST) <= 0);
    assertThat(turns.get(999).number()).isEqualTo(1000);
  }

  @Test
  void refusesWhatIsNotPossible() {
    assertThatThrownBy(() -> turns(Map.of(Mishap.DROP, 0.7, Mishap.ERROR, 0.4), 1))
        .hasMessage("the shares add up to 1.10: use 1 at most");
    assertThatThrownBy(() -> new Misbehaviour(MOST, LEAST, Map.of(), 1))
        .hasMessageStartingWith("answers cannot be delayed by 2000ms to 200ms");
    assertThatThrownBy(() -> new Misbehaviour(LEAST, Duration.ofMinutes(1), Map.of(), 1))
        .hasMessageContaining("end with 20s at most");
  }
}
