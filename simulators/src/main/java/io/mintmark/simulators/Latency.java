package io.mintmark.simulators;

import org.HdrHistogram.Histogram;

/**
 * What a series of latencies came to, in milliseconds.
 *
 * @param count how many were measured
 * @param p50 median
 * @param p99 99th percentile
 * @param max the longest
 */
public record Latency(long count, double p50, double p99, double max) {

  /** Collects latencies; thread-safe. */
  static final class Recorder {
    private static final int DIGITS = 3;
    private final Histogram micros = new Histogram(DIGITS);

    /** Negative ones, by a clock that was set back, count as 0. */
    synchronized void record(long latencyMicros) {
      micros.recordValue(Math.max(0, latencyMicros));
    }

    synchronized Latency summary() {
      return new Latency(
          micros.getTotalCount(),
          micros.getValueAtPercentile(50) / 1e3,
          micros.getValueAtPercentile(99) / 1e3,
          micros.getMaxValue() / 1e3);
    }
  }
}
