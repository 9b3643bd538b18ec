package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The measurement of {@code mintmark benchmark renew}: devices on the SDK renew over EST, one after the
 * other, each time with a new key, and move their connections while telemetry goes up and commands
 * come down.
 */
public final class RenewLoad {

  private static final FleetId FLEET = new FleetId("renew");
  private static final String STREAM = "renewal";
  private static final TopicGrants EVERYTHING =
      new TopicGrants(List.of("commands/" + FLEET + "/#"), List.of("telemetry/" + FLEET + "/#"));
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(2);
  private static final long RENEWAL_SECONDS = 30;

  /** A broker tells the service each second which certificates it has seen. */
  private static final Duration LONGEST_SUPERSEDING = Duration.ofSeconds(20);

  private static final long LOOK_MILLIS = 200;

  private final Site site;
  private final RegisteredDevices registry;
  private final RenewOptions options;
  private final Progress progress;
  private final Clock clock = Clock.systemUTC();

  /**
   * A load; nothing happens yet.
   *
   * @param registry of the same service
   */
  public RenewLoad(Site site, RegisteredDevices registry, RenewOptions options, Progress progress) {
    this.site = site;
    this.registry = registry;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws IOException if a device or the application cannot connect at all; renewals that fail are
   *     in the report
   */
  public RenewReport run() throws IOException, InterruptedException {
    progress.step("Enrolling and connecting " + options.devices() + " devices");
    Factory factory = Factory.open(options.folder().resolve("factory"), FactoryOptions.of(FLEET));
    List<DeviceId> ids = factory.make("renew", options.devices());
    site.applyFleet(factory.fleetFile());
    site.importManifest(FLEET, factory.manifest());
    VirtualDevice.Home home = new VirtualDevice.Home(
        site, FLEET, options.folder().resolve("devices"), LONGEST_RECONNECT, clock);
    try (ApplicationClient application = ApplicationClient.connect(
            site.brokerHost(),
            site.brokerPort(),
            site.trust(),
            site.application("renew", EVERYTHING),
            clock);
        VirtualFleet fleet = new VirtualFleet(home, factory, ids, progress)) {
      application.subscribe("telemetry/" + FLEET + "/#");
      VirtualFleet.Outcome started = fleet.all("connected", VirtualDevice::start);
      if (!started.complete()) {
        throw new IOException("not every device is connected: " + Reasons.text(started.failures()));
      }
      return measure(fleet.devices(), application);
    }
  }

  private RenewReport measure(List<VirtualDevice> devices, ApplicationClient application)
      throws IOException, InterruptedException {
    TelemetryRecorder up = new TelemetryRecorder(STREAM, clock);
    application.onMessage(up);
    TelemetryRecorder down = new TelemetryRecorder(STREAM, clock);
    devices.forEach(device -> device.onCommand(down));
    Redeliveries redeliveries = new Redeliveries(application, devices);
    Pacer pacer = new Pacer(options.messagesPerSecond());
    Pacer half = new Pacer(options.messagesPerSecond() / 2);
    try (Traffic telemetry = new Traffic(STREAM, devices, pacer, clock);
        Traffic commands = Traffic.commands(STREAM, application, devices, half, clock)) {
      telemetry.start();
      commands.start();
      progress.step("Renewing " + options.renewals() + " times under traffic");
      Map<String, Long> failures = renew(devices);
      RenewReport.Flow telemetryFlow = flow(telemetry, up, redeliveries);
      RenewReport.Flow commandFlow = flow(commands, down, redeliveries);
      progress.step("Waiting until the certificates before are superseded");
      return report(devices, failures, telemetryFlow, commandFlow);
    }
  }

  private Map<String, Long> renew(List<VirtualDevice> devices) throws InterruptedException {
    Map<String, Long> failures = new TreeMap<>();
    Pacer pacer = new Pacer(options.renewalsPerSecond());
    long origin = System.nanoTime();
    for (int i = 0; i < options.renewals(); i++) {
      long due = origin + pacer.due(i).toNanos();
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      try {
        devices.get(i % devices.size()).renewNow().get(RENEWAL_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        failures.merge(String.valueOf(e.getCause().getMessage()), 1L, Long::sum);
      } catch (TimeoutException e) {
        failures.merge("no end within " + RENEWAL_SECONDS + " s", 1L, Long::sum);
      }
      progress.update((i + 1) + "/" + options.renewals() + " renewed");
    }
    return failures;
  }

  private static RenewReport.Flow flow(
      Traffic traffic, TelemetryRecorder recorder, Redeliveries redeliveries)
      throws InterruptedException {
    Traffic.Sent sent = traffic.stop(SteadyTelemetry.ANSWERS);
    recorder.await(sent.total(), SteadyTelemetry.SILENCE);
    TelemetryRecorder.Balance balance = recorder.balance(sent.byDevice());
    List<TelemetryRecorder.Duplicate> repeats = recorder.duplicates();
    return new RenewReport.Flow(
        sent.total(),
        balance.received(),
        balance.lost(),
        balance.unknown(),
        repeats.size(),
        redeliveries.unexplained(repeats),
        sent.failures());
  }

  private RenewReport report(
      List<VirtualDevice> devices,
      Map<String, Long> failures,
      RenewReport.Flow telemetry,
      RenewReport.Flow commands)
      throws IOException, InterruptedException {
    int mostLive = mostLive(devices);
    Latency.Recorder gaps = new Latency.Recorder();
    devices.stream()
        .flatMap(device -> device.gaps().stream())
        .forEach(gap -> gaps.record(gap.toNanos() / 1_000));
    Latency gap = gaps.summary();
    int lost = devices.stream().mapToInt(VirtualDevice::sessionsLost).sum();
    return new RenewReport(
        clock.instant(),
        devices.size(),
        options.renewals(),
        // The first key came with the enrolment.
        devices.stream().mapToInt(VirtualDevice::keys).sum() - devices.size(),
        (int) gap.count(),
        (int) gap.count() - lost,
        devices.stream().mapToInt(VirtualDevice::disconnects).sum(),
        gap,
        telemetry,
        commands,
        mostLive,
        failures,
        Environment.current());
  }

  /** One, once the broker has told of all it saw. */
  private int mostLive(List<VirtualDevice> devices) throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_SUPERSEDING.toNanos();
    int most = 0;
    do {
      if (most > 0) {
        Thread.sleep(LOOK_MILLIS);
      }
      most = 0;
      for (VirtualDevice device : devices) {
        most = Math.max(most, registry.standing(device.id()).live());
      }
    } while (most > 1 && System.nanoTime() < end);
    return most;
  }
}
