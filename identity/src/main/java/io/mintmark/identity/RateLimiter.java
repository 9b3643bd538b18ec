package io.mintmark.identity;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * One token bucket of the same rate per key. A bucket is kept as the moment it will be full again,
 * so it needs neither a timer nor a count. Thread-safe.
 *
 * <p>Memory is bounded. Buckets are kept in two generations, and the older one is dropped when all
 * of its buckets have had the time to be full again, which changes nothing: a forgotten bucket is a
 * full one. It is dropped sooner when the younger one holds the most keys; but whoever can push a
 * key out so speaks with as many other keys as there is room for, and each of those has a bucket of
 * its own already.
 *
 * @param <K> with equality
 */
public final class RateLimiter<K> {

  private static final long NANOS = 1_000_000_000;

  private final boolean unlimited;
  private final long nanosEach;
  private final long nanosFull;
  private final int mostKeys;
  private final LongSupplier nanoTime;
  private volatile Generations<K> generations;

  /** A bucket is in one of the two, or full. */
  private record Generations<K>(
      ConcurrentMap<K, Long> younger, ConcurrentMap<K, Long> older, long since) {}

  /**
   * @param mostKeys how many buckets are kept in a generation
   * @param nanoTime a clock that never goes back, as {@link System#nanoTime}
   */
  public RateLimiter(Rate rate, int mostKeys, LongSupplier nanoTime) {
    this.unlimited = rate.isUnlimited();
    this.nanosEach = unlimited ? 0 : rate.per().toNanos() / rate.number();
    this.nanosFull = nanosEach * rate.burst();
    this.mostKeys = mostKeys;
    this.nanoTime = nanoTime;
    this.generations = new Generations<>(
        new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), nanoTime.getAsLong());
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
    Generations<K> kept = keep(now);
    long[] wait = new long[1];
    kept.younger().compute(key, (k, young) -> {
      Long before = young == null ? kept.older().remove(k) : young;
      long full = before == null || before - now < 0 ? now : before;
      wait[0] = nanosToWait(full, now);
      return wait[0] > 0 ? full : full + nanosEach;
    });
    return wholeSeconds(wait[0]);
  }

  /** What {@link #take} would return, without taking. */
  public long look(K key) {
    if (unlimited) {
      return 0;
    }
    Generations<K> kept = generations;
    Long young = kept.younger().get(key);
    Long full = young == null ? kept.older().get(key) : young;
    return full == null ? 0 : wholeSeconds(nanosToWait(full, nanoTime.getAsLong()));
  }

  /**
   * The generations of now. A bucket was last taken from before the younger generation ended, and a
   * generation lasts at least as long as an empty bucket takes to fill.
   */
  private Generations<K> keep(long now) {
    if (isOver(generations, now)) {
      synchronized (this) {
        if (isOver(generations, now)) {
          generations = new Generations<>(new ConcurrentHashMap<>(), generations.younger(), now);
        }
      }
    }
    return generations;
  }

  private boolean isOver(Generations<K> kept, long now) {
    return now - kept.since() > nanosFull || kept.younger().size() >= mostKeys;
  }

  private long nanosToWait(long full, long now) {
    return full + nanosEach - now - nanosFull;
  }

  private static long wholeSeconds(long nanos) {
    return nanos <= 0 ? 0 : (nanos + NANOS - 1) / NANOS;
  }
}
