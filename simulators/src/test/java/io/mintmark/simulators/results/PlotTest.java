package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.results.Plot.Point;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlotTest {

  private static String line(double... values) {
    Plot plot = new Plot(
        "id", "title", "description", Scale.time(10), Scale.linear(10, value -> "" + value));
    plot.line(
        "p50",
        IntStream.range(0, values.length).mapToObj(x -> new Point(x, values[x])).toList());
    return plot.svg();
  }

  /** In a short run most of what happens is over within one interval. */
  @Test
  void aPointThatStandsAloneIsADotOneCanSee() {
    assertThat(line(Double.NaN, 5, Double.NaN))
        .contains("<path class=\"line p50 dot\" d=\"M")
        .doesNotContain("class=\"line p50\"");
    assertThat(line(1, 2, Double.NaN, 5)).contains("class=\"line p50\"", "class=\"line p50 dot\"");
    assertThat(line(1, 2, 3)).doesNotContain("dot");
  }
}
