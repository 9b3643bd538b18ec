package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.results.Difference.Judgement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  @ParameterizedTest
  @CsvSource({
    "P99,100,150,WORSE,×1.50",
    "P99,100,50,BETTER,×0.50",
    "P99,100,104,SAME,×1.04",
    "RATE,100,150,BETTER,×1.50",
    "RATE,100,50,WORSE,×0.50",
    "FAILED,0,1,WORSE,–",
    "FAILED,0,0,SAME,–",
    "FAILED,4,0,BETTER,×0.00",
    "COUNT,10,20,UNKNOWN,×2.00",
    "P50,,5,UNKNOWN,–"
  })
  void moreIsBetterOrWorse(
      Statistic statistic, Double first, Double second, Judgement judgement, String ratio) {
    Difference difference = new Difference("connect", statistic, first, second);
    assertThat(difference.judgement()).isEqualTo(judgement);
    assertThat(difference.shownRatio()).isEqualTo(ratio);
  }

  @Test
  void whatOnlyOneDidIsShown() throws Exception {
    FakeRun a = new FakeRun(null);
    a.done("connect", 10);
    a.second(1, 1, 0);
    FakeRun b = new FakeRun(FakeRun.run("telemetry"), null);
    b.done("publish", 10);
    b.recording().failed("renew", "refused");
    b.recording().count("sent", 3);
    b.second(1, 1, 0);
    Comparison comparison = Comparison.of(a.finish("failed==0"), b.finish("lost==0"));
    assertThat(comparison.operations()).containsExactly("connect", "publish", "renew");
    assertThat(comparison.table())
        .contains("publish   p99      –         10.0 ms", "sent")
        .contains("The scenarios differ.");
    assertThat(comparison.html())
        .contains("connect and telemetry", "✓ met: 0 of 1", "✗ missed: nobody counted it");
  }

  @Test
  void aHostileComparisonIsEscaped() throws Exception {
    Results hostile = HtmlReportTest.hostile().finish("failed==0");
    String page = Comparison.of(hostile, hostile).html();
    HtmlReportTest.HOSTILE.stream().limit(4).forEach(each -> assertThat(page).doesNotContain(each));
  }
}
