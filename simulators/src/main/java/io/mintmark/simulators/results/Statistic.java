package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Results.Latencies;
import io.mintmark.simulators.results.Results.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be said of an operation in one figure. */
enum Statistic {
  P50("p50"),
  P90("p90"),
  P99("p99"),
  P999("p99.9"),
  MAX("max"),
  MEAN("mean"),
  RATE("rate"),
  COUNT("count"),
  FAILED("failed");

  private final String word;

  Statistic(String word) {
    this.word = word;
  }

  /** As expectations write it. */
  String word() {
    return word;
  }

  /** Whether it is a time. */
  boolean isTime() {
    return compareTo(MEAN) <= 0;
  }

  /** Whether more of it is better. */
  boolean moreIsBetter() {
    return this == RATE || this == COUNT;
  }

  /** Of an operation that came through at least once: milliseconds, a number a second, a number. */
  double of(Operation operation) {
    Latencies latency = operation.latencyMillis();
    return switch (this) {
      case P50 -> latency.p50();
      case P90 -> latency.p90();
      case P99 -> latency.p99();
      case P999 -> latency.p999();
      case MAX -> latency.max();
      case MEAN -> latency.mean();
      case RATE -> operation.ratePerSecond();
      case COUNT -> operation.count();
      case FAILED -> operation.failed();
    };
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Statistic::word).toList();
  }

  static Optional<Statistic> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }
}
