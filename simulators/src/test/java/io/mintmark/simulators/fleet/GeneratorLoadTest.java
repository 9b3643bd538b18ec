package io.mintmark.simulators.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.simulators.fleet.GeneratorLoad.Figures;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GeneratorLoadTest {

  private static Figures figures(double busySeconds) {
    return new Figures(Duration.ofSeconds(10), Duration.ofSeconds(8), 2, 0.5, 0.97, busySeconds);
  }

  @Test
  void saysWhenItWasTheBottleneck() {
    assertThat(figures(0.04).isBottleneck()).isFalse();
    assertThat(figures(0.04).text()).endsWith("; it was not the bottleneck");
    assertThat(figures(0.4).isBottleneck()).isTrue();
    assertThat(figures(0.4).text())
        .contains("8.0 s of processor time in 10.0 s on 2 cores", "at most 97 %")
        .endsWith("it WAS THE BOTTLENECK in 40 % of the time: take the figures as its own");
  }

  @Test
  void isAtItsLimitWithAllProcessorsOrOneEventLoop() {
    assertThat(GeneratorLoad.isBusy(0.91, 0)).isTrue();
    assertThat(GeneratorLoad.isBusy(0.3, 0.91)).isTrue();
    assertThat(GeneratorLoad.isBusy(0.9, 0.9)).isFalse();
  }

  @Test
  void dividesByWhatWasDone() {
    assertThat(figures(0).perOperation(10_000)).isEqualTo(Duration.ofNanos(800_000));
    assertThat(figures(0).perOperation(0)).isZero();
  }

  @Test
  void findsTheProcessorTimeOfItsLoops() {
    GeneratorLoad load = new GeneratorLoad();
    load.sample();
    assertThat(load.figures().took()).isPositive();
    assertThat(load.figures().busiest()).isNotNegative();
  }
}
