package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What CRLs and OCSP cost. Immutable.
 *
 * @param finished when it ended
 * @param connections over how many OCSP was asked at a time
 * @param revoked how many certificates the CRL listed before
 * @param certificates how many OCSP was asked about
 * @param generator where the questions came from
 * @param service what the service runs on
 * @param crls one for each that was made, in order: the first by a service that had made one before
 * @param ocsp what came of asking
 */
public record StatusReport(
    Instant finished,
    int connections,
    int revoked,
    int certificates,
    Environment generator,
    MeasuredService.Facts service,
    List<Crl> crls,
    Ocsp ocsp)
    implements MeasuredReport {

  /**
   * A CRL that was due because of a revocation.
   *
   * @param entries how many it lists
   * @param bytes how long it is
   * @param cpuSeconds processor time of the service's process from the revocation until it was there
   * @param millis how long that took; the service waits up to a second for other revocations
   */
  public record Crl(int entries, int bytes, double cpuSeconds, long millis) {}

  /**
   * Answers while it was measured.
   *
   * @param answers how many were good
   * @param failures how many were not, by reason
   * @param ratePerSecond answers a second, with generator and service on the same processors
   * @param perCpuSecond answers for each second of the service's processor time
   * @param latency under that load
   * @param serviceCpuSeconds processor time of the service's process
   * @param generatorCpuSeconds of this one
   */
  public record Ocsp(
      long answers,
      Map<String, Long> failures,
      long ratePerSecond,
      long perCpuSecond,
      Latency latency,
      double serviceCpuSeconds,
      double generatorCpuSeconds) {}

  public StatusReport {
    crls = List.copyOf(crls);
  }

  /** Whether each CRL lists all there is, and every question was answered. */
  @JsonProperty
  @Override
  public boolean passed() {
    for (int i = 0; i < crls.size(); i++) {
      if (crls.get(i).entries() != revoked + i + 1) {
        return false;
      }
    }
    return ocsp.answers() > 0 && ocsp.failures().isEmpty();
  }

  /** The report as JSON. */
  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** A row a CRL, then what came of OCSP. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("CRL", "entries", "bytes", "service CPU, s", "after, ms"));
    for (Crl crl : crls) {
      rows.add(List.of(
          Integer.toString(rows.size()),
          "%,d".formatted(crl.entries()),
          "%,d".formatted(crl.bytes()),
          "%.2f".formatted(crl.cpuSeconds()),
          Long.toString(crl.millis())));
    }
    StringBuilder out = new StringBuilder(TextTable.of(rows)).append('\n');
    out.append(TextTable.of(List.of(
        List.of("OCSP answers", "%,d".formatted(ocsp.answers())),
        List.of("rate, 1/s", "%,d".formatted(ocsp.ratePerSecond())),
        List.of("for each s of service CPU", "%,d".formatted(ocsp.perCpuSecond())),
        List.of("latency p50, ms", "%.2f".formatted(ocsp.latency().p50())),
        List.of("latency p99, ms", "%.2f".formatted(ocsp.latency().p99())))));
    ocsp.failures()
        .forEach((reason, count) -> out.append("%d failed: %s\n".formatted(count, reason)));
    return out.append("about %,d certificates, %d at a time; Java %s, ECDSA by %s, %d processors\n"
            .formatted(
                certificates,
                connections,
                service.java(),
                service.signatures(),
                generator.processors()))
        .toString();
  }
}
