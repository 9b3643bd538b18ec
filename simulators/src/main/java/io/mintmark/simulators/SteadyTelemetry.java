package io.mintmark.simulators;

import io.mintmark.simulators.TelemetryRecorder.Balance;
import java.time.Duration;
import java.util.List;

/** Telemetry of a connected fleet, for a while: does the application get all of it, and when? */
final class SteadyTelemetry {

  /** How long answers and deliveries under way may take once nothing more is sent. */
  static final Duration DRAIN = Duration.ofSeconds(15);

  private static final String STREAM = "steady";

  private SteadyTelemetry() {}

  static Claim show(DemoRow row, DemoScene scene, DemoOptions options, Figures figures)
      throws InterruptedException {
    List<VirtualDevice> devices = scene.fleet().connected();
    if (devices.isEmpty()) {
      return Claim.notRun(row.title(), "no device is connected");
    }
    TelemetryRecorder recorder = scene.record(STREAM);
    Traffic.Sent sent;
    try (Traffic traffic =
        new Traffic(STREAM, devices, new Pacer(options.messagesPerSecond()), scene.clock())) {
      traffic.start();
      Thread.sleep(options.telemetry().toMillis());
      sent = traffic.stop(DRAIN);
    }
    recorder.await(sent.total(), DRAIN);
    Balance balance = recorder.balance(sent.byDevice());
    Latency latency = recorder.latency();
    int repeats = recorder.duplicates().size();
    figures.put("telemetry.sent", sent.total());
    figures.put("telemetry.received", balance.received());
    figures.put("telemetry.duplicates", repeats);
    figures.put("telemetry.p50-ms", latency.p50());
    figures.put("telemetry.p99-ms", latency.p99());
    boolean held = sent.total() > 0
        && balance.lost() == 0
        && balance.unknown() == 0
        && repeats == 0
        && sent.failures().isEmpty();
    return Claim.of(
        row.title(),
        held,
        "%,d = %,d, p99 %.1f ms".formatted(sent.total(), balance.received(), latency.p99()),
        held
            ? "by %d devices at %.0f/s".formatted(devices.size(), options.messagesPerSecond())
            : "%d lost, %d unknown, %d duplicates, %s"
                .formatted(
                    balance.lost(), balance.unknown(), repeats, Reasons.text(sent.failures())));
  }
}
