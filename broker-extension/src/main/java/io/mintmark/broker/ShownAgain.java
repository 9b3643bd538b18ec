package io.mintmark.broker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which refusals the service should hear of: those of superseded certificates, of each at most one a
 * minute, because who is refused tries again and again. Thread-safe.
 */
final class ShownAgain {

  private static final long AT_MOST_EACH_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int MOST = 1000;

  private final Map<String, Long> told = new LinkedHashMap<>();

  boolean isWorthTelling(RefusedConnect connect, long nowNanos) {
    if (connect.reason() != Refusal.SUPERSEDED) {
      return false;
    }
    synchronized (told) {
      Long before = told.get(connect.serial());
      if (before != null && nowNanos - before < AT_MOST_EACH_NANOS) {
        return false;
      }
      told.remove(connect.serial());
      if (told.size() == MOST) {
        told.remove(told.keySet().iterator().next());
      }
      told.put(connect.serial(), nowNanos);
      return true;
    }
  }
}
