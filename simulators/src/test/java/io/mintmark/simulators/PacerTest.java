package io.mintmark.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacerTest {

  @Test
  void ticksAreDueAtAConstantRateFromTheStart() {
    Pacer pacer = new Pacer(4);

    assertThat(pacer.due(0)).isZero();
    assertThat(pacer.due(1)).isEqualTo(Duration.ofMillis(250));
    assertThat(pacer.due(14_400)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void doesNotDriftAtARateThatDividesNoSecond() {
    assertThat(new Pacer(300).due(300_000_000L)).isEqualTo(Duration.ofSeconds(1_000_000));
  }

  @Test
  void refusesARateThatIsNone() {
    for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Pacer(rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not possible");
    }
  }
}
