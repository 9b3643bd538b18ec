package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a browser. */
@Timeout(180)
class HtmlReportIT {

  @TempDir
  Path folder;

  @Test
  void aBrowserShowsThePages() throws Exception {
    Results results = SampleRun.of(1);
    Path report = write("report.html", HtmlReport.of(results));
    Path comparison =
        write("comparison.html", Comparison.of(results, SampleRun.of(1.6)).html());
    Path hostile =
        write("hostile.html", HtmlReport.of(HtmlReportTest.hostile().finish("failed==0")));
    try (Chromium browser = new Chromium(Files.createDirectory(folder.resolve("profile")))) {
      browser.open(report);
      assertQuiet(browser, report);
      assertThat(browser.evaluate("document.title").asText()).startsWith("broker-restart · ");
      // States, processors and heap, rate and latency of each of four operations, percentiles.
      assertThat(plots(browser)).isEqualTo(3 + 2 * results.operations().size() + 1);
      assertThat(browser.evaluate(hidden()).asInt())
          .as("plots without size or line")
          .isZero();
      assertThat(
              browser.evaluate("document.querySelectorAll('svg .mark').length").asInt())
          .isEqualTo((3 + 2 * results.operations().size()) * results.marks().size());
      assertThat(text(browser))
          .contains("expectations missed", "not connected: connection refused", "--expect");
      assertThat(browser.evaluate(clipped()).asInt())
          .as("tables wider than the page")
          .isZero();
      String light = background(browser);
      browser.colours("dark");
      assertThat(background(browser)).isNotEqualTo(light);
      browser.colours("light");

      browser.open(comparison);
      assertQuiet(browser, comparison);
      assertThat(plots(browser)).isEqualTo(3 * results.operations().size());
      assertThat(browser.evaluate(hidden()).asInt()).isZero();
      assertThat(text(browser)).contains("▼ worse", "≈ same");

      browser.open(hostile);
      assertQuiet(browser, hostile);
      assertThat(browser.evaluate("document.title").asText()).doesNotStartWith("owned");
      assertThat(browser
              .evaluate("document.querySelectorAll('script, img, [onload]').length")
              .asInt())
          .isZero();
      assertThat(text(browser)).contains("<img src=x onerror=");
    }
  }

  private Path write(String name, String page) throws Exception {
    return Files.writeString(folder.resolve(name), page);
  }

  private static void assertQuiet(Chromium browser, Path page) {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .contains(page.toUri().toString())
        .allMatch(each -> each.equals(page.toUri().toString()) || each.startsWith("data:"));
  }

  private static int plots(Chromium browser) throws Exception {
    return browser.evaluate("document.querySelectorAll('figure svg').length").asInt();
  }

  private static String text(Chromium browser) throws Exception {
    return browser.evaluate("document.body.innerText").asText();
  }

  private static String background(Chromium browser) throws Exception {
    return browser
        .evaluate("getComputedStyle(document.documentElement).backgroundColor")
        .asText();
  }

  /** Counts plots that show nothing. */
  private static String hidden() {
    return "[...document.querySelectorAll('figure svg')].filter(svg => {"
        + " const size = svg.getBoundingClientRect();"
        + " const drawn = [...svg.querySelectorAll('.line, .area')]"
        + "   .some(path => path.getTotalLength() > 20);"
        + " return size.width < 200 || size.height < 80 || !drawn;"
        + "}).length";
  }

  private static String clipped() {
    return "[...document.querySelectorAll('.scroll')].filter(each => !each.closest('details'))"
        + ".filter(each => each.scrollWidth > each.clientWidth + 1).length";
  }
}
