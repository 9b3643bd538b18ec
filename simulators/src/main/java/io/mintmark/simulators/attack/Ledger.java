package io.mintmark.simulators.attack;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Payloads found nowhere else, and for whom those are that must never be delivered. Thread-safe.
 *
 * @param watch is shown every message the broker delivers
 */
record Ledger(Watch watch, AtomicInteger marks, Map<String, String> forbidden) {

  Ledger(Watch watch) {
    this(watch, new AtomicInteger(), new ConcurrentHashMap<>());
  }

  /** A payload found nowhere else. */
  String mark(String what) {
    return Watch.MARK + what + ":" + marks.incrementAndGet() + ".";
  }

  /** A payload that must never be delivered, not even after the move is over. */
  String forbid(String what, String move) {
    String mark = mark(what);
    forbidden.put(mark, move);
    return mark;
  }

  /** Those of whom a forbidden payload was delivered by now. */
  Set<String> leaks() {
    return forbidden.keySet().stream()
        .filter(watch::saw)
        .map(forbidden::get)
        .collect(Collectors.toSet());
  }
}
