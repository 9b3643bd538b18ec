package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockWatchTest {

  private final SettableClock clock = new SettableClock();
  private final AtomicLong nanos = new AtomicLong();
  private final ClockWatch watch = new ClockWatch(clock, nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    clock.advance(time);
    watch.look();
  }

  @Test
  void itIsSteadyAfterAnHour() {
    pass(Duration.ofMinutes(59));
    assertThat(watch.isSteady()).isFalse();
    pass(Duration.ofMinutes(1));
    assertThat(watch.isSteady()).isTrue();
  }

  @Test
  void aJumpEitherWayIsLoggedAndTheHourBeginsAnew() {
    pass(Duration.ofHours(2));
    for (Duration jump : new Duration[] {Duration.ofDays(27_000), Duration.ofDays(-27_000)}) {
      try (LogLines log = new LogLines()) {
        clock.advance(jump);
        assertThat(watch.look()).isEqualTo(clock.instant());
        assertThat(log.lines()).hasSize(1).allMatch(l -> l.startsWith("WARN THE CLOCK JUMPED"));
        assertThat(watch.isSteady()).isFalse();
        pass(Duration.ofHours(1));
        assertThat(watch.isSteady()).isTrue();
        assertThat(log.lines()).hasSize(1);
      }
    }
  }
}
