package io.mintmark.simulators;

import io.mintmark.simulators.VirtualFleet.Outcome;
import java.util.List;

/** The fleet's first day: every device enrols, and then all of them come back at once. */
final class Enrolling {

  private Enrolling() {}

  /** Each device enrols and makes its first connection. */
  static Claim enrol(DemoRow row, VirtualFleet fleet, Figures figures) throws InterruptedException {
    long start = System.nanoTime();
    Outcome outcome = fleet.all("enrolled", VirtualDevice::start);
    List<VirtualDevice> enrolled =
        fleet.devices().stream().filter(VirtualDevice::isEnrolled).toList();
    // The last certificate comes a little before its connection; its news, now and then, after.
    long last = enrolled.stream()
        .mapToLong(VirtualDevice::enrolledAt)
        .filter(at -> at != 0)
        .map(at -> at - start)
        .max()
        .orElse(outcome.took().toNanos());
    double rate = enrolled.size() / Math.max(1e-9, last / 1e9);
    figures.put("enrolment.devices", enrolled.size());
    figures.put("enrolment.rate-per-s", rate);
    return claim(row, enrolled.size(), outcome, rate);
  }

  /** All devices are switched off and on again, and connect with what they have stored. */
  static Claim connect(DemoRow row, VirtualFleet fleet, Figures figures)
      throws InterruptedException {
    fleet.all("switched off", VirtualDevice::close);
    Outcome outcome = fleet.all("connected", VirtualDevice::start);
    figures.put("connect.devices", outcome.done());
    figures.put("connect.rate-per-s", outcome.rate());
    figures.put("connect.p50-ms", outcome.latency().p50());
    figures.put("connect.p99-ms", outcome.latency().p99());
    return claim(row, outcome.done(), outcome, outcome.rate());
  }

  private static Claim claim(DemoRow row, int done, Outcome outcome, double rate) {
    return Claim.of(
        row.title(),
        done == outcome.asked(),
        "%d/%d (%.0f/s)".formatted(done, outcome.asked(), rate),
        done == outcome.asked() ? "" : Reasons.text(outcome.failures()));
  }
}
