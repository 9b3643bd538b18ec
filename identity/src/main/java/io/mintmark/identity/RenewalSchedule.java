package io.mintmark.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to renew: a pure function of the certificate's validity, the issuer's suggestion and a
 * random number. It reads no clock and starts no timer. As thread-safe as its random generator.
 *
 * <p>Without a suggestion a certificate is renewed at about two thirds of its lifetime, each device
 * at its own moment within a tenth of the lifetime around it, so that a fleet enrolled in one hour
 * does not renew in one minute. A failed attempt is repeated with capped exponential backoff and
 * full jitter, never later than half of what is left, so that attempts become more frequent as
 * expiry comes near.
 */
public final class RenewalSchedule {

  private static final double RENEW_AT = 2.0 / 3;
  private static final double JITTER = 0.05;
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(2);
  private static final Duration LONGEST_BACKOFF = Duration.ofHours(1);
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  private final RandomGenerator random;

  /**
   * @param random where the jitter comes from
   */
  public RenewalSchedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The moment of the first attempt; it may lie in the past, which means now. Always before the
   * certificate's end.
   *
   * @param validity of the certificate to renew
   * @param suggested the issuer's window, if it named one (RFC 9773, section 4.2: a random moment
   *     within it)
   */
  public Instant firstAttempt(Validity validity, Optional<RenewalWindow> suggested) {
    if (suggested.isPresent() && suggested.get().start().isBefore(validity.notAfter())) {
      RenewalWindow window = suggested.get();
      Instant end = earlier(window.end(), validity.notAfter());
      return window
          .start()
          .plus(scaled(Duration.between(window.start(), end), random.nextDouble()));
    }
    double share = RENEW_AT + JITTER * (2 * random.nextDouble() - 1);
    return validity.notBefore().plus(scaled(validity.lifetime(), share));
  }

  /**
   * The moment of the attempt after a failed one.
   *
   * @param validity of the certificate still to be renewed
   * @param now the moment the last attempt failed
   * @param failures how many attempts failed in a row, at least 1
   * @param retryAfter what the server asked for, counted from {@code now}; honoured unless the
   *     certificate would expire first
   */
  public Instant nextAttempt(
      Validity validity, Instant now, int failures, Optional<Duration> retryAfter) {
    Duration left = Duration.between(now, validity.notAfter());
    if (retryAfter.isPresent() && (left.isNegative() || retryAfter.get().compareTo(left) < 0)) {
      Duration asked = retryAfter.get();
      return now.plus(longer(asked, SHORTEST_WAIT))
          .plus(scaled(asked, JITTER * random.nextDouble()));
    }
    int doublings = Math.min(Math.max(failures, 1) - 1, 20);
    Duration cap = shorter(FIRST_BACKOFF.multipliedBy(1L << doublings), LONGEST_BACKOFF);
    Duration wait = scaled(cap, random.nextDouble());
    if (!left.isNegative()) {
      wait = shorter(wait, left.dividedBy(2));
    }
    return now.plus(longer(wait, SHORTEST_WAIT));
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofMillis((long) (duration.toMillis() * factor));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
