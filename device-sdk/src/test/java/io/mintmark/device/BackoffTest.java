package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static RandomGenerator always(double value) {
    return new Random() {
      private static final long serialVersionUID = 1L;

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }

  @Test
  void doublesUpToALimit() {
    Backoff backoff = Backoff.reconnect(FIRST, LONGEST, always(1));
    assertThat(backoff.after(1)).isEqualTo(FIRST);
    assertThat(backoff.after(2)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.after(4)).isEqualTo(Duration.ofSeconds(4));
    assertThat(backoff.after(8)).isEqualTo(LONGEST);
    assertThat(backoff.after(Integer.MAX_VALUE)).isEqualTo(LONGEST);
  }

  @Test
  void spreadsAFleetOverTheWholeWait() {
    assertThat(Backoff.reconnect(FIRST, LONGEST, always(0)).after(5)).isZero();
    assertThat(Backoff.reconnect(FIRST, LONGEST, always(0.5)).after(1))
        .isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void whoIsRefusedWaitsAtLeastHalf() {
    assertThat(Backoff.refused(FIRST, LONGEST, always(0)).after(1))
        .isEqualTo(Duration.ofMillis(250));
    assertThat(Backoff.refused(FIRST, LONGEST, always(1)).after(1)).isEqualTo(FIRST);
  }
}
