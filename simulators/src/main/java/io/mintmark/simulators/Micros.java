package io.mintmark.simulators;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as microseconds since 1970, the form telemetry carries them in. */
final class Micros {

  private Micros() {}

  static long now(Clock clock) {
    return of(clock.instant());
  }

  static long of(Instant moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
  }
}
