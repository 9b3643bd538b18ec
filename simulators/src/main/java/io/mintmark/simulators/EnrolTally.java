package io.mintmark.simulators;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what the enrolments at one service came to, over several phases. Thread-safe. */
final class EnrolTally {

  private final Latency.Recorder latency = new Latency.Recorder();
  private final Map<String, Long> failures = new TreeMap<>();
  private Duration took = Duration.ZERO;
  private Duration serverCpu = Duration.ZERO;
  private Duration ownCpu = Duration.ZERO;

  void enrolled(Duration after) {
    latency.record(after.toNanos() / 1_000);
  }

  synchronized void failed(String reason) {
    failures.merge(reason, 1L, Long::sum);
  }

  /**
   * A phase is over.
   *
   * @param serverCpu what the service's process has used for it
   * @param ownCpu what this process has
   */
  synchronized void phase(Duration took, Duration serverCpu, Duration ownCpu) {
    this.took = this.took.plus(took);
    this.serverCpu = this.serverCpu.plus(serverCpu);
    this.ownCpu = this.ownCpu.plus(ownCpu);
  }

  synchronized EnrolReport.Result result(MeasuredService service) {
    Latency summary = latency.summary();
    long enrolled = summary.count();
    return new EnrolReport.Result(
        service.label(),
        service.facts(),
        enrolled,
        Map.copyOf(failures),
        rounded(enrolled / Math.max(1e-9, took.toNanos() / 1e9)),
        summary,
        perEnrolment(serverCpu, enrolled),
        perEnrolment(ownCpu, enrolled));
  }

  private static double perEnrolment(Duration cpu, long enrolled) {
    return enrolled == 0 ? 0 : rounded(cpu.toNanos() / 1e6 / enrolled);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
