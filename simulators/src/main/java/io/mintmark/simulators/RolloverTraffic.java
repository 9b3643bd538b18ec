package io.mintmark.simulators;

import io.mintmark.simulators.TelemetryRecorder.Balance;
import io.mintmark.simulators.TelemetryRecorder.Duplicate;
import java.util.List;

/** The telemetry of a fleet from before the rollover until after it, and what became of it. */
final class RolloverTraffic implements AutoCloseable {

  private static final String DURING = "rollover";
  private static final String AFTER = "after";
  private static final Pacer QUICK = new Pacer(200);

  private final RolloverScene scene;
  private final Figures figures;
  private final List<VirtualDevice> devices;
  private final TelemetryRecorder recorder;
  private final Traffic traffic;

  /** Begins. */
  RolloverTraffic(RolloverScene scene, RolloverOptions options, Figures figures) {
    this.scene = scene;
    this.figures = figures;
    devices = scene.fleet().devices();
    recorder = scene.record(DURING);
    traffic = new Traffic(DURING, devices, new Pacer(options.messagesPerSecond()), scene.clock());
    traffic.start();
  }

  /** Ends the traffic and holds what was received against what was sent. */
  Claim messages(RolloverRow row) throws InterruptedException {
    Traffic.Sent sent = traffic.stop(SteadyTelemetry.ANSWERS);
    recorder.await(sent.total(), SteadyTelemetry.SILENCE);
    Balance balance = recorder.balance(sent.byDevice());
    List<Duplicate> repeats = recorder.duplicates();
    long unexplained = new Redeliveries(scene.application().client(), devices).unexplained(repeats);
    figures.put("messages.sent", sent.total());
    figures.put("messages.lost", balance.lost());
    figures.put("messages.redelivered", repeats.size() - unexplained);
    figures.put("messages.duplicates-unexplained", unexplained);
    figures.put("messages.p99-ms", recorder.latency().p99());
    boolean held = sent.total() > 0
        && balance.lost() == 0
        && balance.unknown() == 0
        && unexplained == 0
        && sent.failures().isEmpty();
    return Claim.of(
        row.title(),
        held,
        "%,d of %,d, %d duplicates (%d beyond QoS 1)"
            .formatted(balance.lost(), sent.total(), repeats.size(), unexplained),
        held
            ? ""
            : "%d unknown messages, %s"
                .formatted(balance.unknown(), Reasons.text(sent.failures())));
  }

  /** A device is not lost if it is connected and one more message of it arrives. */
  Claim devices(RolloverRow row) throws InterruptedException {
    TelemetryRecorder after = scene.record(AFTER);
    Traffic.Sent sent;
    try (Traffic last = new Traffic(AFTER, devices, QUICK, scene.clock(), devices.size())) {
      sent = last.start().finish(SteadyTelemetry.ANSWERS);
    }
    after.await(sent.total(), SteadyTelemetry.SILENCE);
    long away = devices.stream().filter(device -> !device.isConnected()).count();
    long lost = Math.max(away, after.balance(sent.byDevice()).lost());
    long disconnects = devices.stream().mapToLong(VirtualDevice::disconnects).sum();
    figures.put("devices.lost", lost);
    figures.put("devices.disconnects", disconnects);
    boolean held = lost == 0 && sent.total() == devices.size();
    return Claim.of(
        row.title(),
        held,
        "%d of %d, %d connections lost meanwhile".formatted(lost, devices.size(), disconnects),
        held ? "" : away + " not connected; messages: " + Reasons.text(sent.failures()));
  }

  @Override
  public void close() {
    traffic.close();
  }
}
