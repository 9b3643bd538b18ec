package io.mintmark.provisioning.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One token bucket of the same rate per key. A bucket is kept as the moment it will be full again,
 * so it needs neither a timer nor a count. Thread-safe.
 *
 * <p>Memory is bounded. A bucket that is full again is forgotten, which changes nothing. Beyond the
 * most keys those used least are forgotten too, and a forgotten bucket is a full one; but whoever
 * can push a key out speaks with as many other keys as there is room for, and each of those has a
 * bucket of its own already.
 *
 * @param <K> with equality
 */
public final class RateLimiter<K> {

  private static final long NANOS = 1_000_000_000;

  private final boolean unlimited;
  private final long nanosEach;
  private final long nanosFull;
  private final LongSupplier nanoTime;
  private final Cache<K, Long> fullAt;

  /**
   * @param mostKeys how many buckets are kept
   * @param nanoTime a clock that never goes back, as {@link System#nanoTime}
   */
  public RateLimiter(Rate rate, int mostKeys, LongSupplier nanoTime) {
    this.unlimited = rate.isUnlimited();
    this.nanosEach = unlimited ? 0 : rate.per().toNanos() / rate.number();
    this.nanosFull = nanosEach * rate.burst();
    this.nanoTime = nanoTime;
    this.fullAt = Caffeine.newBuilder()
        .maximumSize(mostKeys)
        .expireAfterWrite(Duration.ofNanos(nanosFull).plusSeconds(1))
        .ticker(nanoTime::getAsLong)
        .executor(Runnable::run)
        .build();
  }

  /**
   * Takes one token.
   *
   * @return 0 if there was one; else the whole seconds after which there will be, if nobody else
   *     takes it
   */
  public long take(K key) {
    if (unlimited) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    long[] wait = new long[1];
    fullAt.asMap().compute(key, (k, before) -> {
      long full = before == null || before - now < 0 ? now : before;
      wait[0] = nanosToWait(full, now);
      return wait[0] > 0 ? full : full + nanosEach;
    });
    return wholeSeconds(wait[0]);
  }

  /** What {@link #take} would return, without taking. */
  public long look(K key) {
    Long full = unlimited ? null : fullAt.getIfPresent(key);
    return full == null ? 0 : wholeSeconds(nanosToWait(full, nanoTime.getAsLong()));
  }

  private long nanosToWait(long full, long now) {
    return full + nanosEach - now - nanosFull;
  }

  private static long wholeSeconds(long nanos) {
    return nanos <= 0 ? 0 : (nanos + NANOS - 1) / NANOS;
  }
}
