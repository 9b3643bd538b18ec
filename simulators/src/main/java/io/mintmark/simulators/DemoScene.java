package io.mintmark.simulators;

import io.mintmark.device.DeviceException;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.simulators.attack.IntruderClient;
import io.mintmark.simulators.attack.Sighting;
import io.mintmark.simulators.attack.Stage;
import io.mintmark.simulators.attack.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What a demo needs before it can show anything: a factory and its fleet, a device whose
 * certificate is about to expire, and an application that is shown every message.
 */
final class DemoScene implements AutoCloseable {

  static final FleetId FLEET = new FleetId("sensors");

  private static final FleetId SHORT_LIVED = new FleetId("short-lived");
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(2);
  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);
  private static final DeviceId INTRUDER = new DeviceId("intruder-0001");
  private static final DeviceId VICTIM = new DeviceId("victim-0001");
  private static final DeviceId EXPIRING = new DeviceId("expiring-0001");
  private static final TopicGrants EVERYTHING =
      new TopicGrants(List.of("commands/" + FLEET + "/#"), List.of("#"));

  private final Installation installation;
  private final Clock clock;
  private final Factory factory;
  private final VirtualDevice.Home home;
  private final VirtualFleet fleet;
  private final Watch watch = new Watch();
  private final List<AutoCloseable> open = new ArrayList<>();
  private ApplicationClient application;
  private Credential expiring;
  private String expiringProblem;
  private Stage stage;
  private String stageProblem;

  private DemoScene(Installation installation, DemoOptions options, Progress progress, Clock clock)
      throws IOException {
    this.installation = installation;
    this.clock = clock;
    factory = Factory.open(
        options.folder().resolve("factory"),
        FactoryOptions.of(FLEET).withLifetime(options.lifetime(), Duration.ZERO));
    List<DeviceId> ids = factory.make("sensor", options.devices());
    factory.make(List.of(INTRUDER, VICTIM));
    home = new VirtualDevice.Home(
        installation, FLEET, options.folder().resolve("devices"), LONGEST_RECONNECT, clock);
    fleet = new VirtualFleet(home, factory, ids, progress);
    open.add(fleet);
  }

  /**
   * Sets the scene.
   *
   * @throws IOException if the folder is in use, or the installation refuses something an operator
   *     may do; nothing stays open then
   */
  static DemoScene set(
      Installation installation, DemoOptions options, Progress progress, Clock clock)
      throws IOException, InterruptedException {
    requireEmpty(options.folder());
    DemoScene scene = new DemoScene(installation, options, progress, clock);
    try {
      installation.applyFleet(scene.factory.fleetFile());
      installation.importManifest(FLEET, scene.factory.manifest());
      Credential credential = installation.application("demo", EVERYTHING);
      scene.application = ApplicationClient.connect(
          installation.brokerHost(),
          installation.brokerPort(),
          installation.trust(),
          credential,
          clock);
      scene.open.add(scene.application);
      scene.application.onMessage(scene.watch);
      scene.application.subscribe("#");
      scene.enrolExpiring(options.folder().resolve("factory-short-lived"));
      return scene;
    } catch (IOException | InterruptedException | RuntimeException e) {
      scene.close();
      throw e;
    }
  }

  private static void requireEmpty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> content = Files.list(folder)) {
      if (content.findAny().isPresent()) {
        throw new IOException(
            "folder " + folder + " is not empty: a demo starts with a fleet that never enrolled");
      }
    }
  }

  /**
   * An operational credential that will have expired when it is needed. It has to open the broker
   * now, or its later refusal would say nothing.
   */
  private void enrolExpiring(Path folder) throws IOException, InterruptedException {
    Factory other = Factory.open(
        folder, FactoryOptions.of(SHORT_LIVED).withLifetime(SHORTEST_LIFETIME, Duration.ZERO));
    other.make(List.of(EXPIRING));
    installation.applyFleet(other.fleetFile());
    installation.importManifest(SHORT_LIVED, other.manifest());
    expiring = new Enrolment(installation, SHORT_LIVED)
        .enrol(EXPIRING, other.credential(EXPIRING), CertificateRequest.newKeyPair());
    try (IntruderClient client = IntruderClient.at(installation, expiring, EXPIRING.value())) {
      Sighting seen = client.connect();
      if (!seen.accepted()) {
        expiringProblem = "the certificate did not open the broker while it was valid: " + seen;
      }
    }
  }

  /**
   * The stage for the hostile moves: an intruder of the fleet, enrolled when this is first called,
   * and a connected victim. A stage that could not be set is not tried again.
   *
   * @throws IOException if it could not be set
   */
  Stage stage() throws IOException, InterruptedException {
    if (stage == null && stageProblem == null) {
      try {
        stage = setStage();
      } catch (DeviceException | TimeoutException | IOException e) {
        stageProblem = "not run: the stage could not be set: " + e.getMessage();
      }
    }
    if (stageProblem != null) {
      throw new IOException(stageProblem);
    }
    return stage;
  }

  private Stage setStage()
      throws IOException, DeviceException, TimeoutException, InterruptedException {
    Credential bootstrap = factory.credential(INTRUDER);
    Credential intruder = new Enrolment(installation, FLEET)
        .enrol(INTRUDER, bootstrap, CertificateRequest.newKeyPair());
    VirtualDevice victim = new VirtualDevice(home, VICTIM, factory.credential(VICTIM));
    open.add(victim);
    victim.start();
    return new Stage(installation, application, watch, victim, intruder, bootstrap, clock);
  }

  /** The names of claims of which something was delivered, if late. */
  Set<String> leaks() {
    return stage == null ? Set.of() : stage.leaks();
  }

  /**
   * The credential of a certificate that was good and has expired; waits for that if need be.
   *
   * @throws IOException if it never was good
   */
  Credential expired() throws IOException, InterruptedException {
    if (expiringProblem != null) {
      throw new IOException(expiringProblem);
    }
    Instant end = expiring.certificate().getNotAfter().toInstant().plusSeconds(1);
    long left = Duration.between(clock.instant(), end).toMillis();
    if (left > 0) {
      Thread.sleep(left);
    }
    return expiring;
  }

  /** Keeps the application's books of a stream, from now on. */
  TelemetryRecorder record(String stream) {
    TelemetryRecorder recorder = new TelemetryRecorder(stream, clock);
    application.onMessage(recorder);
    return recorder;
  }

  Installation installation() {
    return installation;
  }

  Clock clock() {
    return clock;
  }

  VirtualFleet fleet() {
    return fleet;
  }

  ApplicationClient application() {
    return application;
  }

  /** Closes what is open, last opened first. */
  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        // One that does not close must not keep the others open.
      }
    }
  }
}
