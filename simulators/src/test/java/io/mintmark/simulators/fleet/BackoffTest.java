package io.mintmark.simulators.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

  @Test
  void doublesUpToTheLongest() {
    Random random = new Random(1);
    for (int failures = 1; failures < 200; failures++) {
      Duration span = Duration.ofMillis(Math.min(10_000, 100L << Math.min(failures - 1, 20)));
      assertThat(BACKOFF.after(failures, random)).isBetween(span.dividedBy(2), span);
    }
  }

  @Test
  void spreadsWhoWasCutOffAtOnce() {
    Random random = new Random(2);
    assertThat(IntStream.range(0, 100)
            .mapToObj(device -> BACKOFF.after(3, random))
            .collect(Collectors.toSet()))
        .hasSizeGreaterThan(90);
  }
}
