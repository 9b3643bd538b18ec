package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

  /** Begins where {@link System#nanoTime} may overflow. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);

  private RateLimiter<String> limiter(String rate, int mostKeys) {
    return new RateLimiter<>(Rate.parse(rate), mostKeys, nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void letsABurstThroughAndThenTheRate() {
    RateLimiter<String> limiter = limiter("1/s burst 3", 10);
    for (int i = 0; i < 3; i++) {
      assertThat(limiter.take("a")).isZero();
    }
    assertThat(limiter.take("a")).isEqualTo(1);
    assertThat(limiter.look("a")).isEqualTo(1);
    pass(Duration.ofSeconds(1));
    assertThat(limiter.look("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isEqualTo(1);
  }

  @Test
  void countsEachKeyForItself() {
    RateLimiter<String> limiter = limiter("1/h", 10);
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("b")).isZero();
    assertThat(limiter.take("a")).isEqualTo(3600);
  }

  @Test
  void doesNotCountWhatItRefuses() {
    RateLimiter<String> limiter = limiter("1/m", 10);
    assertThat(limiter.take("a")).isZero();
    for (int i = 0; i < 1000; i++) {
      assertThat(limiter.take("a")).isEqualTo(60);
    }
    pass(Duration.ofSeconds(60));
    assertThat(limiter.take("a")).isZero();
  }

  @Test
  void limitsNothingWhenUnlimited() {
    RateLimiter<String> limiter = limiter("unlimited", 10);
    for (int i = 0; i < 1000; i++) {
      assertThat(limiter.take("a")).isZero();
    }
    assertThat(limiter.look("a")).isZero();
  }

  @Test
  void gainsNothingByRestingLongerThanTheBurst() {
    RateLimiter<String> limiter = limiter("1/s burst 2", 10);
    limiter.take("a");
    pass(Duration.ofDays(1));
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isEqualTo(1);
  }

  /** Each of the many has its own bucket, so who can push one out had as much to take anyway. */
  @Test
  void keepsABucketInUseWhileFewerThanTheMostComeAndGo() {
    RateLimiter<String> limiter = limiter("1/h", 1000);
    limiter.take("a");
    for (int i = 0; i < 900; i++) {
      limiter.take("other " + i);
    }
    assertThat(limiter.take("a")).isPositive();
  }

  @Test
  void forgetsNoBucketBeforeItIsFull() {
    RateLimiter<String> limiter = limiter("1/m burst 60", 1000);
    pass(Duration.ofMinutes(59));
    for (int i = 0; i < 60; i++) {
      assertThat(limiter.take("a")).isZero();
    }
    // The first hour is over, and with it the generation the bucket was emptied in.
    pass(Duration.ofMinutes(2));
    assertThat(limiter.take("b")).isZero();
    assertThat(limiter.look("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isZero();
    assertThat(limiter.take("a")).isEqualTo(60);
  }

  @Property(tries = 300)
  void tellsTheTruthAboutWhenToComeBack(
      @ForAll @IntRange(min = 1, max = 100) int number,
      @ForAll @IntRange(min = 1, max = 50) int burst,
      @ForAll @IntRange(min = 0, max = 5000) int milliseconds) {
    RateLimiter<String> limiter = limiter(number + "/m burst " + burst, 10);
    for (int i = 0; i < burst; i++) {
      assertThat(limiter.take("a")).isZero();
    }
    long wait = limiter.take("a");
    assertThat(wait).isBetween(1L, 60L);
    pass(Duration.ofMillis(milliseconds));
    long then = limiter.take("a");
    if (then > 0) {
      assertThat(then).isLessThanOrEqualTo(wait);
      pass(Duration.ofSeconds(then));
      assertThat(limiter.take("a")).isZero();
    }
  }
}
