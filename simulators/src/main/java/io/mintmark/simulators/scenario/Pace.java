package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Pacer;
import java.util.List;
import java.util.Optional;

/**
 * How many devices do something: so many at a time, the next when one is through (a closed loop), or one
 * after the other at a rate that waits for nobody (an open loop).
 *
 * @param atOnce of a closed loop
 * @param pacer of an open loop; null for a closed one
 */
record Pace(int atOnce, Pacer pacer) {

  static final Key CONCURRENCY =
      new Key("concurrency", "N", "How many do it at a time, the next when one is through.");
  static final Key RATE = new Key(
      "rate", "RATE", "How many in a time, whether or not those before are through: 200/s, 30/m.");
  static final List<Key> KEYS = List.of(CONCURRENCY, RATE);

  private static final int MOST = 100_000;

  /** Closed. */
  static Pace of(int atOnce) {
    return new Pace(atOnce, null);
  }

  /**
   * Of {@code rate} or {@code concurrency}.
   *
   * @param otherwise so many at once if the settings say neither
   */
  static Pace of(Settings settings, int otherwise) {
    Optional<Double> rate = settings.rate(RATE.name());
    if (rate.isPresent() && settings.has(CONCURRENCY.name())) {
      throw settings.wrong(
          RATE.name(),
          "there is a 'concurrency', too: an open loop has none, leave one of them out");
    }
    return new Pace(
        settings.count(CONCURRENCY.name(), otherwise, 1, MOST),
        rate.map(Pacer::new).orElse(null));
  }
}
