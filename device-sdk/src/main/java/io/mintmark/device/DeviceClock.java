package io.mintmark.device;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The time as the device believes it: the system's clock, until the service says otherwise or it
 * tells a time that is over for sure. From then on it goes by the time that has passed since, which
 * nobody can set, and not by a system clock that may jump once more; and by the system's clock again
 * when that is right. Nothing but this client is affected. Thread-safe.
 */
final class DeviceClock extends Clock {

  private static final System.Logger LOG = System.getLogger(DeviceClock.class.getName());

  /**
   * What the system's clock may be wrong by: certificates are dated back by more, and renewals are
   * spread over more.
   */
  static final Duration TOLERANCE = Duration.ofMinutes(2);

  /** The service's word is good for this long, unless the clock jumps. */
  static final Duration FRESH = Duration.ofHours(1);

  /** A device's flash memory need not hear of each answer. */
  private static final Duration STORED_EVERY = Duration.ofHours(1);

  /** It was this time then; since then, time has passed. */
  private record Moment(Instant then, long nanos) {
    Instant now(long nanosNow) {
      return then.plusNanos(nanosNow - nanos);
    }
  }

  private final Clock system;
  private final LongSupplier nanos;
  private final DeviceFolder folder;
  private final Object storing = new Object();
  private Moment least;
  private Moment corrected;
  private Moment heard;
  private Instant stored;

  /**
   * @param system what is believed while nothing speaks against it
   * @param nanos time to measure with, in nanoseconds: {@link System#nanoTime}
   * @param folder remembers what time it was at least
   */
  DeviceClock(Clock system, LongSupplier nanos, DeviceFolder folder) {
    this.system = system;
    this.nanos = nanos;
    this.folder = folder;
    this.stored = stored(folder);
    this.least = new Moment(stored, nanos.getAsLong());
  }

  private static Instant stored(DeviceFolder folder) {
    try {
      return folder.leastTime().orElse(Instant.EPOCH);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "what time it was is not remembered: {0}", e.getMessage());
      return Instant.EPOCH;
    }
  }

  @Override
  public synchronized Instant instant() {
    long now = nanos.getAsLong();
    Instant told = corrected == null ? system.instant() : corrected.now(now);
    Instant bound = least.now(now);
    return told.isBefore(bound) ? bound : told;
  }

  /** It cannot be earlier than this. */
  synchronized Instant least() {
    return least.now(nanos.getAsLong());
  }

  /** It is this time or later, by a certificate that was issued then. */
  synchronized void atLeast(Instant moment) {
    if (moment.isAfter(least())) {
      least = new Moment(moment, nanos.getAsLong());
    }
  }

  /** Whether the system's clock is wrong for sure, and nobody has told a better time. */
  synchronized boolean isGuess() {
    return corrected == null && system.instant().isBefore(least());
  }

  /** Whether the service told the time lately, and the clock has not jumped since. */
  synchronized boolean isFresh() {
    if (heard == null) {
      return false;
    }
    Instant then = heard.now(nanos.getAsLong());
    return Duration.between(heard.then(), then).compareTo(FRESH) < 0 && isClose(then, instant());
  }

  /** Whether what the service says, on a request begun then, is what is believed, more or less. */
  synchronized boolean agrees(Instant said, Instant asked) {
    Instant now = instant();
    Instant from = asked.isBefore(now) ? asked : now;
    Instant to = asked.isBefore(now) ? now : asked;
    return !said.isBefore(from.minus(TOLERANCE)) && !said.isAfter(to.plus(TOLERANCE));
  }

  /**
   * The service's word agrees with what is believed. Where it agrees with the system's clock, that is
   * believed again.
   */
  void confirm(Instant said) {
    synchronized (this) {
      if (isClose(said, system.instant())) {
        corrected = null;
      }
      remember(said);
    }
    store();
  }

  /**
   * Goes by the service's word from now on.
   *
   * @return by how much the system's clock is ahead of it; empty if it is earlier than it can be,
   *     and not believed
   */
  Optional<Duration> correct(Instant said) {
    Duration ahead;
    synchronized (this) {
      if (said.isBefore(least())) {
        return Optional.empty();
      }
      ahead = Duration.between(said, system.instant());
      remember(said);
      corrected = new Moment(said, nanos.getAsLong());
    }
    store();
    return Optional.of(ahead);
  }

  private void remember(Instant said) {
    long now = nanos.getAsLong();
    heard = new Moment(said, now);
    Instant seen = system.instant();
    // A service whose own clock is ahead by mistake must not bind, for later, a device whose is
    // not.
    boolean credible = !said.isAfter(seen.plus(TOLERANCE)) || seen.isBefore(least.now(now));
    if (credible && said.minus(TOLERANCE).isAfter(least.now(now))) {
      least = new Moment(said.minus(TOLERANCE), now);
    }
  }

  private void store() {
    Instant bound = least();
    synchronized (storing) {
      if (bound.isBefore(stored.plus(STORED_EVERY))) {
        return;
      }
      stored = bound;
      try {
        folder.keepLeastTime(bound);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "what time it is is not stored: {0}", e.getMessage());
      }
    }
  }

  private static boolean isClose(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(TOLERANCE) <= 0;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("certificates know no time zones");
  }
}
