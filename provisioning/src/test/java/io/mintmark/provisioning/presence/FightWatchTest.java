package io.mintmark.provisioning.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.provisioning.presence.Takeover.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is a fight over a certificate, and what is a device on its way. */
class FightWatchTest {

  private static final String DEVICE = "spiffe://example.org/fleet/sensors/device/d-1";

  private final FightWatch watch = new FightWatch();
  private long number;

  private static Place at(String address) {
    return new Place("b1", address);
  }

  private Takeover takeover(int second, Place from, Place to) {
    Connection connection = new Connection(
        ++number, DEVICE, "d-1", "abc", from.address(), 60, second * 1000L, "session-taken-over");
    return new Takeover(connection, from, to);
  }

  private List<CloneSign> see(Takeover takeover) {
    return watch.see(List.of(takeover));
  }

  /** Each takeover goes to the next of these places, so many seconds after the one before. */
  private List<CloneSign> wander(int seconds, Place... places) {
    List<CloneSign> signs = new ArrayList<>();
    for (int i = 1; i < places.length; i++) {
      signs.addAll(see(takeover(i * seconds, places[i - 1], places[i])));
    }
    return signs;
  }

  @Test
  void backAndForthAndBackBetweenTwoPlacesIsAFight() {
    assertThat(see(takeover(0, at("A"), at("B")))).isEmpty();
    assertThat(see(takeover(20, at("B"), at("A")))).isEmpty();
    List<CloneSign> signs = see(takeover(40, at("A"), at("B")));
    assertThat(signs).hasSize(1);
    assertThat(signs.get(0).kind()).isEqualTo(CloneSign.Kind.FOUGHT_OVER);
    assertThat(signs.get(0).serial()).isEqualTo("abc");
    assertThat(signs.get(0).detail())
        .isEqualTo(
            "3 takeovers of client id d-1 within 40 s, between A at broker b1 and B at broker"
                + " b1");
  }

  @Test
  void soItIsBetweenTwoBrokers() {
    Place one = new Place("b1", "A");
    Place other = new Place("b2", "A");
    assertThat(wander(5, one, other, one, other)).hasSize(1);
  }

  @Test
  void aDeviceThatMovesIsNone() {
    assertThat(wander(1, at("A"), at("B"))).isEmpty();
  }

  @Test
  void aDeviceThatMovesOnAndOnIsNone() {
    assertThat(wander(1, at("A"), at("B"), at("C"), at("D"), at("E"))).isEmpty();
  }

  @Test
  void aDeviceThatGoesAndComesBackIsNone() {
    assertThat(wander(1, at("A"), at("B"), at("A"))).isEmpty();
  }

  @Test
  void aDeviceThatGoesAndComesBackAndGoesElsewhereIsNone() {
    assertThat(wander(1, at("A"), at("B"), at("A"), at("C"))).isEmpty();
  }

  @Test
  void slowlyBackAndForthIsNone() {
    assertThat(wander(31, at("A"), at("B"), at("A"), at("B"), at("A"), at("B"))).isEmpty();
  }

  @Test
  void behindOneAddressItTakesSix() {
    assertThat(wander(2, at("A"), at("A"), at("A"), at("A"), at("A"), at("A"))).isEmpty();
    assertThat(see(takeover(12, at("A"), at("A")))).hasSize(1);
  }

  @Test
  void aDeviceThatCrashesEachQuarterOfAMinuteIsNone() {
    Place[] home = new Place[40];
    Arrays.fill(home, at("A"));
    assertThat(wander(15, home)).isEmpty();
  }

  @Test
  void behindAddressesThatChangeItTakesSixToo() {
    assertThat(wander(1, at("A"), at("B"), at("C"), at("D"), at("E"), at("F"), at("G")))
        .hasSize(1);
  }

  @Test
  void whatIsToldTwiceCountsOnce() {
    Takeover first = takeover(0, at("A"), at("B"));
    Takeover second = takeover(1, at("B"), at("A"));
    assertThat(watch.see(List.of(first, second, first, second, first, second, first)))
        .isEmpty();
  }

  @Test
  void eachSignTakesAsManyAgain() {
    assertThat(wander(1, at("A"), at("B"), at("A"), at("B"), at("A"), at("B"))).hasSize(1);
    assertThat(see(takeover(6, at("B"), at("A")))).hasSize(1);
  }

  @Test
  void otherCertificatesAndClientIdsAreOthers() {
    List<Takeover> takeovers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      Connection connection = new Connection(
          i, DEVICE, "d-1:" + i % 4, "abc" + i / 8, "A", 60, i, "session-taken-over");
      takeovers.add(new Takeover(connection, at(i % 8 < 4 ? "A" : "B"), at(i % 8 < 4 ? "B" : "A")));
    }
    assertThat(watch.see(takeovers)).isEmpty();
  }
}
