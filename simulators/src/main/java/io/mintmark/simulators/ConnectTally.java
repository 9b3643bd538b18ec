package io.mintmark.simulators;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what connecting to one broker came to, over one or more phases. Not thread-safe. */
final class ConnectTally {

  private final Latency.Recorder latency = new Latency.Recorder();
  private final Map<String, Long> failures = new TreeMap<>();
  private long admitted;
  private Duration took = Duration.ZERO;
  private Duration brokerCpu = Duration.ZERO;
  private Duration ownCpu = Duration.ZERO;

  /** One more, so long after it began. */
  void admitted(Duration after) {
    admitted++;
    latency.record(after.toNanos() / 1_000);
  }

  long admitted() {
    return admitted;
  }

  /**
   * One was not admitted.
   *
   * @param reason one line that names no device
   */
  void failed(String reason) {
    failures.merge(reason, 1L, Long::sum);
  }

  /** A phase is over, from its first connection to its last CONNACK. */
  void took(Duration phase) {
    took = took.plus(phase);
  }

  /** The processor time a phase has cost. */
  void used(Duration broker, Duration own) {
    brokerCpu = brokerCpu.plus(broker);
    ownCpu = ownCpu.plus(own);
  }

  ConnectReport.Figures figures() {
    return new ConnectReport.Figures(
        admitted,
        Map.copyOf(failures),
        took.isZero() ? 0 : rounded(admitted * 1e9 / took.toNanos()),
        latency.summary(),
        each(brokerCpu),
        each(ownCpu),
        busy(brokerCpu),
        busy(ownCpu));
  }

  private double each(Duration cpu) {
    return admitted == 0 ? 0 : rounded(cpu.toNanos() / 1e6 / admitted);
  }

  private double busy(Duration cpu) {
    return took.isZero() ? 0 : rounded((double) cpu.toNanos() / took.toNanos());
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
