package io.mintmark.broker;

import io.mintmark.identity.Rate;
import io.mintmark.identity.RateLimiter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Lines anybody may cause as often as they like: some of them are written, of the others how many
 * there were. Thread-safe.
 */
final class BoundedLog {

  private static final Rate LINES = Rate.parse("10/s burst 100");

  private final Logger log;
  private final String what;
  private final RateLimiter<String> rate;
  private final AtomicLong leftOut = new AtomicLong();

  /**
   * @param what the lines say, in the plural
   */
  BoundedLog(Logger log, String what, LongSupplier nanoTime) {
    this.log = log;
    this.what = what;
    this.rate = new RateLimiter<>(LINES, 1, nanoTime);
  }

  /** Writes a line, or counts it. */
  void info(String format, Object... arguments) {
    if (rate.take(what) > 0) {
      leftOut.incrementAndGet();
      return;
    }
    long before = leftOut.getAndSet(0);
    if (before > 0) {
      log.info("{} more {} were not logged one by one", before, what);
    }
    log.info(format, arguments);
  }
}
