package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  static final List<String> HOSTILE = List.of(
      "<script>document.title = 'owned'</script>",
      "\"><img src=x onerror=\"document.title='owned'\">",
      "</td></table></title></style></script><svg onload=alert(1)>",
      "' onmouseover='alert(1)",
      "&lt;script&gt;");

  @Test
  void everyValueIsEscaped() throws Exception {
    String page = HtmlReport.of(hostile().finish("failed==0"));
    for (String each : HOSTILE) {
      assertThat(page).contains(Html.escaped(each));
    }
    HOSTILE.stream().limit(4).forEach(each -> assertThat(page).doesNotContain(each));
    assertThat(page).doesNotContain("<script", "<img", "onload=alert(1)>", "http://", "https://");
    assertThat(page).contains("default-src 'none'");
  }

  /** A run that everybody who can has put markup into. */
  static FakeRun hostile() throws Exception {
    String all = String.join(" ", HOSTILE);
    FakeRun run = new FakeRun(new Run(all, all, all, all, all, 1, all, FakeRun.ENVIRONMENT), null);
    for (String each : HOSTILE) {
      run.recording().failed("connect", each);
      run.recording().failed(each, each);
      run.done(each, 5);
      run.recording().count(each, 1);
      run.recording().mark(each);
      run.recording().row(each, Map.of(each, each));
    }
    run.second(1, 1, 1);
    return run;
  }

  @Test
  void nothingDoneIsAPage() throws Exception {
    String page = HtmlReport.of(new FakeRun(null).finish("failed==0"));
    assertThat(page).contains("Nothing was done.", "✗ 1 of 1 expectations missed");
  }

  @Test
  void axesAreRound() {
    assertThat(labels(Scale.linear(870, Shown::perSecond)))
        .containsExactly("0/s", "500/s", "1,000/s");
    assertThat(labels(Scale.linear(0, Shown::digits))).hasSizeGreaterThan(1);
    assertThat(labels(Scale.logarithmic(1.2, 470, Shown::millis)))
        .containsExactly("1 ms", "10 ms", "100 ms");
    assertThat(labels(Scale.logarithmic(5, 5, Shown::millis))).containsExactly("5 ms", "10 ms");
    assertThat(labels(Scale.time(65)))
        .containsExactly("0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s");
    assertThat(labels(Scale.time(3_700))).contains("10 min", "60 min");
    assertThat(labels(Scale.percentiles(20_000)))
        .containsExactly("0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %");
  }

  private static List<String> labels(Scale scale) {
    assertThat(scale.ticks())
        .allSatisfy(tick -> assertThat(scale.at(tick.value())).isBetween(0.0, 1.0));
    return scale.ticks().stream().map(Scale.Tick::label).toList();
  }
}
