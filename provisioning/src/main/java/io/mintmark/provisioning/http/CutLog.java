package io.mintmark.provisioning.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which connections were cut, or requests sent away, because there are too many: the first at
 * once, those that follow together, one line in ten seconds, because a flood must not become one of
 * the log. Thread-safe.
 */
final class CutLog {

  private static final Logger LOG = LoggerFactory.getLogger("io.mintmark.provisioning.refused");
  private static final long PAUSE_NANOS = 10_000_000_000L;

  private final String what;
  private final LongSupplier nanoTime;
  private final Map<String, Long> counts = new TreeMap<>();
  private long quietUntil;

  /**
   * @param what for example {@code connections to the device port cut}
   * @param nanoTime as {@link System#nanoTime}
   */
  CutLog(String what, LongSupplier nanoTime) {
    this.what = what;
    this.nanoTime = nanoTime;
    this.quietUntil = nanoTime.getAsLong();
  }

  /** One more, from this address. */
  void cut(String from, String reason) {
    Map<String, Long> said;
    synchronized (this) {
      counts.merge(reason, 1L, Long::sum);
      long now = nanoTime.getAsLong();
      if (now - quietUntil < 0) {
        return;
      }
      quietUntil = now + PAUSE_NANOS;
      said = new TreeMap<>(counts);
      counts.clear();
    }
    LOG.info("{}: {} (the last from {})", what, said, from);
  }
}
