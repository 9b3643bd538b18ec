package io.mintmark.simulators;

import io.mintmark.simulators.TelemetryRecorder.Balance;
import io.mintmark.simulators.TelemetryRecorder.Duplicate;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Telemetry that goes on while every device renews its certificate by its own schedule and moves
 * its connection to it. Begun early and judged late, so that no renewal is without traffic.
 */
final class RenewalUnderTraffic implements AutoCloseable {

  private static final String STREAM = "renewal";
  private static final Duration LOOK = Duration.ofMillis(200);

  private final DemoScene scene;
  private final Progress progress;
  private final List<VirtualDevice> devices;
  private final Map<VirtualDevice, BigInteger> before = new HashMap<>();
  private final TelemetryRecorder recorder;
  private final Traffic traffic;

  /** Begins the traffic. */
  RenewalUnderTraffic(DemoScene scene, DemoOptions options, Progress progress) {
    this.scene = scene;
    this.progress = progress;
    devices = scene.fleet().connected();
    devices.forEach(device -> before.put(device, device.usedSerial()));
    recorder = scene.record(STREAM);
    traffic = new Traffic(STREAM, devices, new Pacer(options.messagesPerSecond()), scene.clock());
    if (!devices.isEmpty()) {
      traffic.start();
    }
  }

  /**
   * Waits until all have renewed and ends the traffic.
   *
   * @param limit how long to wait at most
   */
  Claim show(DemoRow row, Duration limit, Figures figures) throws InterruptedException {
    if (devices.isEmpty()) {
      return Claim.notRun(row.title(), "no device is connected");
    }
    long end = System.nanoTime() + limit.toNanos();
    long renewed = renewed();
    while (renewed < devices.size() && System.nanoTime() < end) {
      progress.update(renewed + "/" + devices.size() + " renewed");
      Thread.sleep(LOOK.toMillis());
      renewed = renewed();
    }
    Traffic.Sent sent = traffic.stop(SteadyTelemetry.ANSWERS);
    recorder.await(sent.total(), SteadyTelemetry.SILENCE);
    Balance balance = recorder.balance(sent.byDevice());
    List<Duplicate> repeats = recorder.duplicates();
    long unexplained = new Redeliveries(scene.application(), devices).unexplained(repeats);
    double gap = devices.stream()
        .flatMap(device -> device.gaps().stream())
        .mapToLong(Duration::toMillis)
        .max()
        .orElse(0);
    figures.put("renewal.devices", renewed);
    figures.put("renewal.sent", sent.total());
    figures.put("renewal.lost", balance.lost());
    figures.put("renewal.redelivered", repeats.size() - unexplained);
    figures.put("renewal.duplicates-unexplained", unexplained);
    figures.put("renewal.p99-ms", recorder.latency().p99());
    figures.put("renewal.longest-gap-ms", gap);
    boolean held = renewed == devices.size()
        && sent.total() > 0
        && balance.lost() == 0
        && balance.unknown() == 0
        && unexplained == 0
        && sent.failures().isEmpty();
    String figure = "%d/%d renewed, %,d of %,d messages lost, %d duplicates%s"
        .formatted(
            renewed,
            devices.size(),
            balance.lost(),
            sent.total(),
            repeats.size(),
            repeats.isEmpty() ? "" : " (" + unexplained + " beyond QoS 1)");
    return Claim.of(
        row.title(),
        held,
        figure,
        held
            ? "longest gap between two connections %.0f ms".formatted(gap)
            : "%d unknown messages, %s"
                .formatted(balance.unknown(), Reasons.text(sent.failures())));
  }

  /** How many have connected with another certificate since the traffic began. */
  private long renewed() {
    return devices.stream()
        .filter(device -> !Objects.equals(device.usedSerial(), before.get(device)))
        .count();
  }

  @Override
  public void close() {
    traffic.close();
  }
}
