package io.mintmark.provisioning;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How a service answers devices badly on purpose, so that who writes a client sees how it copes. What
 * happens to the n-th request is settled by the seed. Thread-safe.
 */
public final class Misbehaviour {

  private static final long MIX = 0x9E3779B97F4A7C15L;

  /** The longest delay: connections that are silent for longer are ended. */
  public static final Duration LONGEST_DELAY = Duration.ofSeconds(20);

  /** What may become of a request. */
  public enum Mishap {
    /** The request is not looked at, and the connection closed. */
    DROP,
    /** The request is done, and the connection closed in place of the answer. */
    LOST_ANSWER,
    /** 500. */
    ERROR,
    /** 503 with Retry-After, in seconds or as a date. */
    RETRY_AFTER,
    /** 429 with Retry-After. */
    TOO_MANY,
    /** The request is done, and half of the answer's body sent before the connection is closed. */
    TRUNCATE,
    /** The request is done, and the answer's body sent in small pieces over some seconds. */
    TRICKLE;

    /** As people write it: {@code lost-answer}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What becomes of one request.
   *
   * @param number how many there have been, with it
   * @param mishap empty if it is answered as it should be
   * @param delay how much later
   * @param random for whatever else is left to chance
   */
  public record Turn(
      long number, Optional<Mishap> mishap, Duration delay, SplittableRandom random) {}

  private final Duration leastDelay;
  private final Duration mostDelay;
  private final Map<Mishap, Double> shares;
  private final long seed;
  private final AtomicLong requests = new AtomicLong();

  /**
   * @param leastDelay of each answer, not negative
   * @param mostDelay not less, at most {@link #LONGEST_DELAY}
   * @param shares of the requests, each above 0, together at most 1
   * @param seed settles what happens to which request
   * @throws IllegalArgumentException if that is not possible
   */
  public Misbehaviour(
      Duration leastDelay, Duration mostDelay, Map<Mishap, Double> shares, long seed) {
    if (leastDelay.isNegative()
        || mostDelay.compareTo(leastDelay) < 0
        || mostDelay.compareTo(LONGEST_DELAY) > 0) {
      throw new IllegalArgumentException("answers cannot be delayed by " + leastDelay.toMillis()
          + "ms to " + mostDelay.toMillis() + "ms: begin with the shorter, and end with "
          + LONGEST_DELAY.toSeconds() + "s at most");
    }
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    // Ten tenths are a little more than one.
    if (sum > 1 + 1e-9) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the shares add up to %.2f: use 1 at most", sum));
    }
    this.leastDelay = leastDelay;
    this.mostDelay = mostDelay;
    this.shares = new EnumMap<>(Mishap.class);
    this.shares.putAll(shares);
    this.seed = seed;
  }

  /** What becomes of the next request. */
  public Turn next() {
    long number = requests.incrementAndGet();
    SplittableRandom random = new SplittableRandom(seed ^ (number * MIX));
    double drawn = random.nextDouble();
    Optional<Mishap> mishap = Optional.empty();
    for (Map.Entry<Mishap, Double> each : shares.entrySet()) {
      if (drawn < each.getValue()) {
        mishap = Optional.of(each.getKey());
        break;
      }
      drawn -= each.getValue();
    }
    long spread = mostDelay.toNanos() - leastDelay.toNanos();
    Duration delay = leastDelay.plusNanos((long) (spread * random.nextDouble()));
    return new Turn(number, mishap, delay, random);
  }
}
