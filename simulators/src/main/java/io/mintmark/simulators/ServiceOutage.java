package io.mintmark.simulators;

import io.mintmark.simulators.TelemetryRecorder.Balance;
import io.mintmark.simulators.VirtualFleet.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The provisioning service is stopped; devices that were switched off come back with the credential
 * they stored, and each gets a message through to the application.
 */
final class ServiceOutage {

  private static final String STREAM = "outage";
  private static final int MOST_DEVICES = 50;
  private static final Pacer AT_ONCE = new Pacer(1_000);
  private static final Duration BACK = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(200);

  private ServiceOutage() {}

  static Claim show(DemoRow row, DemoScene scene, Figures figures)
      throws IOException, InterruptedException {
    List<VirtualDevice> connected = scene.fleet().connected();
    List<VirtualDevice> some = connected.subList(0, Math.min(MOST_DEVICES, connected.size()));
    Enrolment service = new Enrolment(scene.installation(), DemoScene.FLEET);
    if (!service.answers()) {
      return Claim.notRun(row.title(), "the service did not answer before it was stopped either");
    }
    if (some.isEmpty()) {
      return Claim.notRun(row.title(), "no device is connected");
    }
    TelemetryRecorder recorder = scene.record(STREAM);
    Outcome outcome;
    Traffic.Sent sent;
    boolean wasDown;
    scene.installation().stopService();
    try {
      wasDown = !service.answers();
      outcome = scene.fleet().each(some, "connected again", VirtualDevice::restart);
      sent = oneMessageEach(scene, some);
      recorder.await(sent.total(), SteadyTelemetry.DRAIN);
      wasDown &= !service.answers();
    } finally {
      scene.installation().startService();
    }
    boolean back = comesBack(service);
    Balance balance = recorder.balance(sent.byDevice());
    figures.put("outage.connected", outcome.done());
    figures.put("outage.connect-p99-ms", outcome.latency().p99());
    boolean held = wasDown && back && outcome.complete() && balance.lost() == 0;
    String figure = "%d/%d connected, %d/%d messages received"
        .formatted(outcome.done(), outcome.asked(), balance.received(), balance.sent());
    return Claim.of(
        row.title(),
        held,
        figure,
        held
            ? "connect p99 %.0f ms".formatted(outcome.latency().p99())
            : (wasDown ? "" : "the service STILL ANSWERED when it was stopped; ")
                + (back ? "" : "the service did not come back; ")
                + Reasons.text(outcome.failures())
                + (balance.lost() == 0 ? "" : "; messages: " + Reasons.text(sent.failures())));
  }

  private static Traffic.Sent oneMessageEach(DemoScene scene, List<VirtualDevice> some)
      throws InterruptedException {
    List<VirtualDevice> connected =
        some.stream().filter(VirtualDevice::isStarted).toList();
    if (connected.isEmpty()) {
      return Traffic.Sent.NOTHING;
    }
    try (Traffic traffic =
        new Traffic(STREAM, connected, AT_ONCE, scene.clock(), connected.size())) {
      return traffic.start().finish(SteadyTelemetry.DRAIN);
    }
  }

  private static boolean comesBack(Enrolment service) throws InterruptedException {
    long end = System.nanoTime() + BACK.toNanos();
    while (!service.answers()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK.toMillis());
    }
    return true;
  }
}
