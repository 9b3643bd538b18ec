package io.mintmark.broker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the wall clock is set. The broker believes its clock, wrong or right, in what it can
 * take back with the next look; what it cannot, forgetting, waits until the clock has gone steadily
 * for a while. Used by one thread.
 */
final class ClockWatch {

  private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

  /** Clocks are slewed by less, and looked at every half minute. */
  private static final Duration UNREMARKABLE = Duration.ofMinutes(1);

  private static final Duration LONG = Duration.ofHours(1);

  private final Clock clock;
  private final LongSupplier nanos;
  private Instant last;
  private long lastNanos;
  private long steadySinceNanos;

  /**
   * @param nanos as {@link System#nanoTime}: goes on whatever the clock is set to
   */
  ClockWatch(Clock clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
    this.last = clock.instant();
    this.lastNanos = nanos.getAsLong();
    this.steadySinceNanos = lastNanos;
  }

  /** The time by the wall clock. */
  Instant look() {
    Instant now = clock.instant();
    long nowNanos = nanos.getAsLong();
    Duration passed = Duration.ofNanos(nowNanos - lastNanos);
    if (Duration.between(last, now).minus(passed).abs().compareTo(UNREMARKABLE) > 0) {
      log.warn(
          "THE CLOCK JUMPED from {} to {} in {} s. Was it set, or did the machine sleep? Who is"
              + " admitted goes by the clock as it is now.",
          last,
          now,
          passed.toSeconds());
      steadySinceNanos = nowNanos;
    }
    last = now;
    lastNanos = nowNanos;
    return now;
  }

  /** Whether it went steadily for an hour up to the last look. */
  boolean isSteady() {
    return lastNanos - steadySinceNanos >= LONG.toNanos();
  }
}
