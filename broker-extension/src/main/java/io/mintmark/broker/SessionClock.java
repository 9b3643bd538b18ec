package io.mintmark.broker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions because time has passed: each when its certificate does, and all of them when the
 * service was away for too long to know who may stay. Looks once a second instead of keeping a timer
 * a session: a clock that is set counts from the next look on, forward and back. Thread-safe.
 */
final class SessionClock {

  /** What is known of the service. */
  interface Service {
    /** The snapshot in force. */
    FeedSnapshot current();

    /** Whether it is away: the last attempt to hear it failed. */
    boolean isSilent();
  }

  private static final Logger log = LoggerFactory.getLogger(SessionClock.class);

  private static final long BEAT_MILLIS = 1_000;

  private final LiveSessions sessions;
  private final SessionCutter cutter;
  private final Service service;
  private final Duration longestOutage;
  private final Clock clock;
  private final Later timer;

  /**
   * @param longestOutage how long after the feed was last heard sessions may stay; {@link
   *     BrokerConfig#FOREVER} for ever
   * @param timer not HiveMQ's, which is waited for when HiveMQ stops
   */
  SessionClock(
      LiveSessions sessions,
      SessionCutter cutter,
      Service service,
      Duration longestOutage,
      Clock clock,
      Later timer) {
    this.sessions = sessions;
    this.cutter = cutter;
    this.service = service;
    this.longestOutage = longestOutage;
    this.clock = clock;
    this.timer = timer;
  }

  /** From now on it looks once a second, until the timer is shut down. */
  void start() {
    timer.run(BEAT_MILLIS, this::beat);
  }

  private void beat() {
    try {
      look();
    } finally {
      timer.run(BEAT_MILLIS, this::beat);
    }
  }

  /** Ends what should have ended by now. */
  void look() {
    Instant now = clock.instant();
    cutter.cut(sessions.ended(now), Refusal.EXPIRED);
    if (isLost(now)) {
      int cut = cutter.cut(sessions.all(), Refusal.FEED_LOST);
      if (cut > 0) {
        log.warn(
            "the service was last heard at {}, longer ago than max-session-staleness: the {}"
                + " sessions there were are cut",
            service.current().heardAt(),
            cut);
      }
    }
  }

  /**
   * A clock that was set forward makes the last answer look old, too; so the service must be away as
   * well, which the follower knows within a minute.
   */
  private boolean isLost(Instant now) {
    FeedSnapshot snapshot = service.current();
    return snapshot.heardAt() != null
        && service.isSilent()
        && snapshot.isOlderThan(longestOutage, now);
  }
}
