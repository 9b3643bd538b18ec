package io.mintmark.simulators;

import io.mintmark.device.DeviceException;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Who takes part in a rollover: a fleet, an application that is shown every message, and a device
 * that is switched off before it begins.
 */
final class RolloverScene implements AutoCloseable {

  static final FleetId FLEET = new FleetId("sensors");

  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(2);
  private static final DeviceId LATECOMER = new DeviceId("latecomer-0001");
  private static final TopicGrants EVERYTHING =
      new TopicGrants(List.of("commands/" + FLEET + "/#"), List.of("#"));

  private final Clock clock;
  private final VirtualFleet fleet;
  private final VirtualDevice latecomer;
  private final RollingApplication application;

  private RolloverScene(
      Clock clock, VirtualFleet fleet, VirtualDevice latecomer, RollingApplication application) {
    this.clock = clock;
    this.fleet = fleet;
    this.latecomer = latecomer;
    this.application = application;
  }

  /**
   * Sets the scene; no device is started yet.
   *
   * @throws IOException if the installation refuses something an operator may do; nothing stays open
   *     then
   */
  static RolloverScene set(
      Installation installation, RolloverOptions options, Progress progress, Clock clock)
      throws IOException {
    Factory factory = Factory.open(
        options.folder().resolve("factory"),
        FactoryOptions.of(FLEET).withLifetime(options.lifetime(), Duration.ZERO));
    List<DeviceId> ids = factory.make("sensor", options.devices());
    factory.make(List.of(LATECOMER));
    installation.applyFleet(factory.fleetFile());
    installation.importManifest(FLEET, factory.manifest());
    VirtualDevice.Home home = new VirtualDevice.Home(
        installation, FLEET, options.folder().resolve("devices"), LONGEST_RECONNECT, clock);
    RollingApplication application = RollingApplication.connect(
        installation, installation.application("rollover", EVERYTHING), "#", clock);
    return new RolloverScene(
        clock,
        new VirtualFleet(home, factory, ids, progress),
        new VirtualDevice(home, LATECOMER, factory.credential(LATECOMER)),
        application);
  }

  /** The latecomer enrols, connects and is switched off. */
  void sendLatecomerAway() throws DeviceException, TimeoutException, InterruptedException {
    latecomer.start();
    latecomer.close();
  }

  VirtualDevice latecomer() {
    return latecomer;
  }

  VirtualFleet fleet() {
    return fleet;
  }

  RollingApplication application() {
    return application;
  }

  Clock clock() {
    return clock;
  }

  /** Keeps the application's books of a stream, from now on. */
  TelemetryRecorder record(String stream) {
    TelemetryRecorder recorder = new TelemetryRecorder(stream, clock);
    application.client().onMessage(recorder);
    return recorder;
  }

  @Override
  public void close() {
    latecomer.close();
    fleet.close();
    application.close();
  }
}
