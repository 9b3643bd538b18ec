package io.mintmark.simulators.fault;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What all the faults that hold now come to for one connection. Times are of {@link System#nanoTime},
 * or in nanoseconds.
 *
 * @param leastDelay how much later everything arrives
 * @param mostDelay at most
 * @param bytesPerSecond {@link Long#MAX_VALUE} for any number
 * @param silent whether nothing passes from {@code silentFrom} on
 * @param losesAnswers whether no answer passes
 * @param resetsAnswered whether it is reset in place of its first answer
 * @param refused whether it does not come to be
 */
record Conditions(
    long leastDelay,
    long mostDelay,
    long bytesPerSecond,
    boolean silent,
    long silentFrom,
    boolean losesAnswers,
    boolean resetsAnswered,
    boolean refused) {

  private static final long MIX = 0x9E3779B97F4A7C15L;

  /**
   * A fault, and whom it meets.
   *
   * @param share of the connections, above 0 and at most 1
   * @param seed decides which
   * @param since when it began
   */
  record Held(Fault fault, double share, long seed, long since) {

    boolean meets(long connection) {
      return random(connection).nextDouble() < share;
    }

    /** When it comes to a connection that began then. */
    long onset(Duration within, long connection, long began) {
      SplittableRandom random = random(connection);
      // The first draw is the one that decides whether it comes at all.
      double ignored = random.nextDouble();
      long from = began - since > 0 ? began : since;
      return from + (long) (within.toNanos() * random.nextDouble());
    }

    private SplittableRandom random(long connection) {
      return new SplittableRandom(seed ^ (connection * MIX));
    }
  }

  /**
   * Adds up.
   *
   * @param connection its number
   * @param began when it was accepted
   */
  static Conditions of(List<Held> all, long connection, long began) {
    long least = 0;
    long most = 0;
    long rate = Long.MAX_VALUE;
    boolean silent = false;
    long silentFrom = 0;
    boolean losing = false;
    boolean resetting = false;
    boolean refused = false;
    for (Held held : all) {
      if (!held.meets(connection)) {
        continue;
      }
      if (held.fault() instanceof Fault.Latency latency) {
        least += latency.least().toNanos();
        most += latency.most().toNanos();
      } else if (held.fault() instanceof Fault.Bandwidth bandwidth) {
        rate = Math.min(rate, bandwidth.bytesPerSecond());
      } else if (held.fault() instanceof Fault.HalfOpen halfOpen) {
        long onset = held.onset(halfOpen.within(), connection, began);
        silentFrom = silent && silentFrom - onset < 0 ? silentFrom : onset;
        silent = true;
      } else if (held.fault() instanceof Fault.LostAnswers) {
        losing = true;
      } else if (held.fault() instanceof Fault.Reset reset) {
        resetting |= reset.within().isZero();
      } else {
        refused = true;
      }
    }
    return new Conditions(least, most, rate, silent, silentFrom, losing, resetting, refused);
  }

  boolean isSilent(long now) {
    return silent && now - silentFrom >= 0;
  }
}
