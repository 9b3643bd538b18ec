package io.mintmark.identity;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Time to measure with, which does not follow when somebody sets the machine's clock. */
public final class NanoTime {

  private NanoTime() {}

  /**
   * The nanoseconds of a clock: {@link System#nanoTime} beside the system's, the clock's own if it is
   * another.
   */
  public static LongSupplier of(Clock clock) {
    return clock.getClass() == Clock.systemUTC().getClass()
        ? System::nanoTime
        : () -> nanos(clock.instant());
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
