package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectationTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connect.p99<500ms",
        "connect.p50 <= 50 ms",
        "connect.p99.9<1s",
        "connect.max>9900us",
        "connect.mean<0.01min",
        "connect.rate>=10/s",
        "connect.rate>=10",
        "connect.count==100",
        "connect.failed==25",
        "connect.failed<=20%",
        "renew.gap.max<1s",
        "failed==25",
        "failed<20%",
        "sent==100",
        "lost==0",
        "lost!=1",
        "generator.cpu-per-connect<10.1ms",
        " lost == 0 "
      })
  void isMet(String text) throws Exception {
    assertThat(outcome(text).met()).as(outcome(text).line()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      connect.p99<99ms             | 100 ms
      connect.count>100            | 100
      connect.failed<20%           | 25 of 125
      failed==0                    | 25 of 126
      sent<100                     | 100
      generator.cpu-per-connect<9ms| 10 ms
      # What was never measured meets nothing.
      renew.p99<1s                 | it never happened
      renew.failed==0              | it never happened
      renew.count==0               | it never happened
      generator.cpu-per-renew<1s   | it never came through
      cut==0                       | nobody counted it in this run
      leaks==0                     | says nothing, because 'moves' is 0
      comebacks==0                 | says nothing, because 'cut' is 0
      """)
  void isMissed(String text, String why) throws Exception {
    assertThat(outcome(text).met()).isFalse();
    assertThat(outcome(text).measured()).contains(why);
  }

  private static Outcome outcome(String text) throws Exception {
    FakeRun run = new FakeRun(null);
    run.pass(1);
    for (int i = 0; i < 100; i++) {
      run.done("connect", i < 50 ? 10 : 100);
    }
    for (int i = 0; i < 25; i++) {
      run.recording().failed("connect", "refused");
    }
    run.done("renew.gap", 20);
    run.recording().count("sent", 100);
    run.recording().count("lost", 0);
    run.recording().count("leaks", 0);
    run.recording().count("comebacks", 0);
    run.sample(10, 100, 0);
    Results results = run.finish(text);
    assertThat(results.passed()).isEqualTo(results.expectations().get(0).met());
    return results.expectations().get(0);
  }

  @Test
  void whatAlwaysFailedHasNoLatency() throws Exception {
    FakeRun run = new FakeRun(null);
    run.recording().failed("subscribe", "refused");
    run.second(0, 0, 0);
    Results results = run.finish("subscribe.p99<1s", "subscribe.count==0", "subscribe.failed==1");
    assertThat(results.expectations()).extracting(Outcome::met).containsExactly(false, true, true);
    assertThat(results.expectations().get(0).measured())
        .isEqualTo("it never came through, and failed 1 times");
  }

  @Test
  void nothingDoneMeetsNothing() throws Exception {
    Results results = new FakeRun(null).finish("failed==0", "lost==0", "connect.p99<1s");
    assertThat(results.expectations()).noneMatch(Outcome::met);
    assertThat(results.table()).contains("FAIL  failed==0: nothing was done");
  }

  @Test
  void leaksFailARunWhateverItIsHeldTo() throws Exception {
    assertThat(attacked(0, 0).passed()).isTrue();
    assertThat(attacked(2, 0).passed()).isFalse();
    assertThat(attacked(2, 0).table()).contains("FAIL  leaks==0: 2");
    assertThat(attacked(0, 1).table()).contains("FAIL  unproven==0: 1");
    assertThat(attacked(2, 0, "leaks<5").expectations())
        .extracting(Outcome::met)
        .containsExactly(true, false);
    assertThat(attacked(2, 0, "leaks==0").expectations()).hasSize(1);
  }

  private static Results attacked(long leaks, long unproven, String... expectations)
      throws Exception {
    FakeRun run = new FakeRun(null);
    run.recording().count("moves", 3);
    run.recording().count("leaks", leaks);
    run.recording().count("unproven", unproven);
    run.second(0, 0, 0);
    return run.finish(expectations);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      conect.p99<1s        | position 1  | did you mean 'connect'?
      conect<1             | position 1  | did you mean 'connect'?
      lots==0              | position 1  | did you mean 'lost'?
      connect.p98<1s       | position 9  | 'p98' is no figure of 'connect': did you mean 'p90'?
      connect.foo<1s       | position 9  | there are p50, p90, p99, p99.9, max
      connect<1s           | position 8  | Say connect.p50
      connect.p99          | position 12 | a comparison is missing
      connect.p99=1s       | position 12 | did you mean '=='?
      connect.p99<         | position 13 | a number of 0 or more is needed after <
      connect.p99<-1ms     | position 13 | a number of 0 or more
      connect.p99 < abc    | position 15 | a number of 0 or more
      connect.p99<500      | position 16 | the unit is missing: a time needs us, ms, s or min
      connect.p99<500/s    | position 16 | '/s' does not fit
      connect.rate>5ms     | position 15 | 'ms' does not fit
      connect.p99<5%       | position 14 | '%' does not fit
      lost<5%              | position 7  | '%' does not fit
      generator.cpu-per-conect<1ms | position 19 | did you mean 'connect'?
      <5ms                 | position 1  | what is measured is missing
      """)
  void whatIsOddIsSaid(String text, String position, String what) {
    assertThatThrownBy(() -> Expectation.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expectation '" + text + "', " + position + ": ")
        .hasMessageContaining(what);
  }

  @Test
  void oddCharactersAreNotPrinted() {
    for (String odd : List.of("", " ", "\n<1", "lost\u001b[31m==0", "é.p99<1s")) {
      assertThatThrownBy(() -> Expectation.parse(odd))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("[ -~]*");
    }
  }
}
