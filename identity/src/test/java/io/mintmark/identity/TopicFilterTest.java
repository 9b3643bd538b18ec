package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of MQTT 5.0, section 4.7, and covering held to what it means. */
class TopicFilterTest {

  private static final int DEEPEST = 4;

  /** {@code z} is in no filter: it stands for whatever else a topic may hold. */
  private static final List<String> TOPICS = topics(List.of("a", "b", "z", "", "$a"));

  private static List<String> topics(List<String> levels) {
    List<String> all = new ArrayList<>();
    List<String> last = levels;
    for (int depth = 1; depth <= DEEPEST + 1; depth++) {
      all.addAll(last);
      List<String> next = new ArrayList<>();
      last.forEach(head -> levels.forEach(level -> next.add(head + "/" + level)));
      last = next;
    }
    all.remove("");
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1, true",
    "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/#, sport, true",
    "#, sport/a, true",
    "#, /, true",
    "sport/tennis/+, sport/tennis/player1, true",
    "sport/tennis/+, sport/tennis/player1/ranking, false",
    "sport/+, sport, false",
    "sport/+, sport/, true",
    "+/+, /finance, true",
    "/+, /finance, true",
    "+, /finance, false",
    "#, $SYS/broker, false",
    "+/monitor/Clients, $SYS/monitor/Clients, false",
    "$SYS/#, $SYS/broker, true",
    "$SYS/monitor/+, $SYS/monitor/Clients, true",
    "a/#, a/$SYS, true",
    "ACCOUNTS, Accounts, false",
    "a, a/, false",
    "a/, a, false",
    "a//b, a/b, false",
    "a/+/b, a//b, true",
    "a/+, a/+, true"
  })
  void matchesAsTheStandardSays(String filter, String topic, boolean matches) {
    assertThat(new TopicFilter(filter).matches(topic)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "alarms/+, alarms/#, false",
    "alarms/#, alarms/+, true",
    "alarms/#, alarms, true",
    "a/+/#, a/#, false",
    "+/#, #, true",
    "#, +/#, true",
    "+, #, false",
    "/+/#, /#, true",
    "+/+/#, /#, true",
    "#, $SYS/#, false",
    "+/a, $SYS/a, false",
    "$SYS/#, $SYS/a/+, true",
    "a/+/c, a/b/c, true",
    "a/b/c, a/+/c, false",
    "a, a/, false",
    "a/, a, false"
  })
  void coversWhatItMatchesWhole(String filter, String narrower, boolean covers) {
    assertThat(new TopicFilter(filter).covers(new TopicFilter(narrower))).isEqualTo(covers);
  }

  @Property(tries = 2000)
  void coveringIsMatchingAllTheOtherMatches(
      @ForAll("filters") String wide, @ForAll("filters") String narrow) {
    TopicFilter wider = new TopicFilter(wide);
    TopicFilter narrower = new TopicFilter(narrow);
    boolean all = TOPICS.stream().filter(narrower::matches).allMatch(wider::matches);
    assertThat(wider.covers(narrower)).as("%s covers %s", wide, narrow).isEqualTo(all);
  }

  @Provide
  Arbitrary<String> filters() {
    Arbitrary<String> level = Arbitraries.of("a", "b", "", "+", "$a");
    return level
        .list()
        .ofMinSize(0)
        .ofMaxSize(DEEPEST - 1)
        .flatMap(levels -> Arbitraries.of("a", "+", "#", "").map(last -> {
          List<String> all = new ArrayList<>(levels);
          all.add(last);
          return String.join("/", all);
        }))
        .filter(filter -> !filter.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/#/b", "a#", "#a", "a+/b", "+a", "a/b+", "a\0b", "$share/g/a"})
  void refusesWhatIsNoFilter(String filter) {
    assertThatThrownBy(() -> new TopicFilter(filter)).hasMessageContaining("is not valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/+", "#", "a#b", "a\0"})
  void refusesWhatIsNoTopic(String topic) {
    assertThatThrownBy(() -> TopicFilter.requireTopic(topic)).hasMessageContaining("is not valid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$share",
        "$share/",
        "$share/g",
        "$share//a",
        "$share/g+/a",
        "$share/#/a",
        "$share/g/",
        "$share/g/a#",
        "$share/g/$share/h/a"
      })
  void refusesSharedSubscriptionsWithoutGroupOrFilter(String text) {
    if (text.equals("$share")) {
      assertThat(Subscription.parse(text).isShared()).as("an odd name, but one").isFalse();
    } else {
      assertThatThrownBy(() -> Subscription.parse(text)).hasMessageContaining("is not valid");
    }
  }

  @Test
  void readsASharedSubscription() {
    assertThat(Subscription.parse("$share/g 1/a//#"))
        .isEqualTo(new Subscription("g 1", new TopicFilter("a//#")));
    assertThat(Subscription.parse("$shared/a").isShared()).isFalse();
  }
}
