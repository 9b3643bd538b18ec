package io.mintmark.simulators.attack;

import io.mintmark.device.DeviceException;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.simulators.ApplicationClient;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import io.mintmark.simulators.VirtualDevice;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/**
 * What the catalogue plays on: an installation, and in it fleets, devices and applications of the
 * catalogue's own, under names of this one run. Thread-safe.
 */
final class Ground implements AutoCloseable {

  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(1);
  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);
  private static final int SPARES = 100;
  private static final List<String> INTO_FLEETS = List.of("", "-many", "-short", "-claims");

  private final Target target;
  private final Duration patience;
  private final Clock clock;
  private final String run = "attack-" + UUID.randomUUID().toString().substring(0, 8);
  private final AtomicInteger spare = new AtomicInteger();
  private final ConcurrentMap<String, Boolean> controls = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Path folder;
  private Factory factory;
  private Factory many;
  private Factory shortLived;
  private Credential expiring;
  private Credential otherApplication;
  private ApplicationClient application;
  private Ledger ledger;
  private VirtualDevice victim;

  private Ground(Target target, Duration patience, Clock clock) {
    this.target = target;
    this.patience = patience;
    this.clock = clock;
  }

  /** Nothing but an installation. */
  static Ground bare(Target target, Duration patience, Clock clock) {
    return new Ground(target, patience, clock);
  }

  /**
   * Sets everything up.
   *
   * @param patience as of {@link #patience()}
   * @param folder for factories and devices of this run; made when needed
   * @throws IOException if the installation refuses something an operator may do
   */
  static Ground set(Target target, Path folder, Duration patience, Clock clock)
      throws IOException, InterruptedException {
    Ground ground = new Ground(target, patience, clock);
    ground.folder = folder.resolve(ground.run);
    try {
      ground.set();
      return ground;
    } catch (DeviceException | TimeoutException e) {
      ground.close();
      throw new IOException("the honest device could not connect: " + e.getMessage(), e);
    } catch (IOException | InterruptedException | RuntimeException e) {
      ground.close();
      throw e;
    }
  }

  private void set() throws IOException, InterruptedException, DeviceException, TimeoutException {
    // First of all the one whose end is waited for.
    shortLived = factory("-short", SHORTEST_LIFETIME, "${device}", List.of(id("expiring")));
    expiring = enrol(shortLived, fleet("-short"), id("expiring"));
    List<DeviceId> devices = new ArrayList<>(List.of(id("victim"), id("pinned")));
    IntStream.range(0, SPARES).forEach(n -> devices.add(id("spare-" + n)));
    factory = factory("", Duration.ofDays(7), "${device}", devices);
    // Made, and not on the list.
    factory.make(List.of(id("unlisted")));
    many = factory(
        "-many", Duration.ofDays(7), "\"${device}:*\"", List.of(id("many-1"), id("many-12")));
    String claims = """
        fleet: %s
        enrolment:
          mode: claim
        mqtt:
          publish: ["telemetry/${fleet}/${device}/#"]
        """.formatted(fleet("-claims"));
    Path file = folder.resolve("claims.yaml");
    Files.writeString(file, claims);
    target.applyFleet(file);
    Watch watch = new Watch();
    ledger = new Ledger(watch);
    List<String> commands =
        INTO_FLEETS.stream().map(f -> "commands/" + fleet(f) + "/#").toList();
    Credential own = target.application(run, new TopicGrants(commands, List.of("#")));
    application = ApplicationClient.connect(
        target.brokerHost(), target.brokerPort(), target.trust(), own, clock);
    open.add(application);
    application.onMessage(watch);
    application.subscribe("#");
    otherApplication = target.application(run + "-other", new TopicGrants(commands, List.of()));
    VirtualDevice.Home home = new VirtualDevice.Home(
        target, fleet(""), folder.resolve("devices"), LONGEST_RECONNECT, clock);
    victim = new VirtualDevice(home, id("victim"), factory.credential(id("victim")));
    open.add(victim);
    victim.start();
  }

  private Factory factory(String name, Duration lifetime, String clientId, List<DeviceId> devices)
      throws IOException {
    Duration backdate =
        lifetime.compareTo(Duration.ofHours(1)) < 0 ? Duration.ZERO : Duration.ofMinutes(5);
    Factory made = Factory.open(
        folder.resolve("factory" + name),
        FactoryOptions.of(fleet(name)).withLifetime(lifetime, backdate));
    made.make(devices);
    String yaml = Files.readString(made.fleetFile());
    Files.writeString(
        made.fleetFile(), yaml.replace("client-id: ${device}", "client-id: " + clientId));
    target.applyFleet(made.fleetFile());
    target.importManifest(fleet(name), made.manifest());
    return made;
  }

  private Credential enrol(Factory maker, FleetId fleet, DeviceId device) throws IOException {
    KeyPair keys = CertificateRequest.newKeyPair();
    EstClient est = new EstClient(
        EstClient.label(target.service(), fleet),
        maker.credential(device).tlsContext(target.trust()));
    try {
      byte[] request = CertificateRequest.create(keys, device.value());
      return new Credential(
          keys.getPrivate(), est.chain(keys.getPublic(), est.simpleEnroll(request)));
    } catch (EstException e) {
      throw new IOException("an honest device could not enrol: " + e.getMessage(), e);
    }
  }

  /** A stage with an intruder of its own. */
  Stage stage() throws IOException {
    if (!hasCast()) {
      return Stage.empty(this);
    }
    Spare intruder = spare();
    return Stage.of(this, application, ledger, victim, intruder.credential(), intruder.bootstrap());
  }

  /** Whether there are devices of one's own. */
  boolean hasCast() {
    return victim != null;
  }

  /** A device nobody else plays with. */
  record Spare(Identity.Device identity, Credential credential, Credential bootstrap) {
    String clientId() {
      return identity.name();
    }
  }

  /** Enrols one more device of the victim's fleet. */
  Spare spare() throws IOException {
    DeviceId id = nextSpare();
    Credential bootstrap = factory.credential(id);
    return new Spare(identity("", id.value()), enrol(factory, fleet(""), id), bootstrap);
  }

  /** A device that is listed and has not enrolled. */
  DeviceId nextSpare() throws IOException {
    int next = spare.getAndIncrement();
    if (next >= SPARES) {
      throw new IOException("the catalogue has grown: there are only " + SPARES + " spare devices");
    }
    return id("spare-" + next);
  }

  /** The device whose name is the beginning of another's, in the fleet with several client ids. */
  Spare manyIds() throws IOException {
    DeviceId id = id("many-1");
    return new Spare(
        identity("-many", id.value()), enrol(many, fleet("-many"), id), many.credential(id));
  }

  /** The name that goes on where {@link #manyIds} ends. */
  String longerName() {
    return id("many-12").value();
  }

  /** A certificate that was good; it is over a few seconds after the beginning. */
  Credential expiring() {
    return expiring;
  }

  /** Of the fleet: it may send commands, and read nothing. */
  Credential otherApplication() {
    return otherApplication;
  }

  /** The client id of the application that sees everything. */
  String applicationName() {
    return run;
  }

  /** A device that is listed and pinned, and stays at the factory. */
  DeviceId pinned() {
    return id("pinned");
  }

  /** Key and certificate of the factory's CA, which a real factory keeps to itself. */
  Credential factoryAuthority() throws IOException {
    Path ca = factory.caFile();
    return new Credential(
        Pem.privateKey(Files.readString(ca.resolveSibling("factory-ca-key.pem"))),
        Pem.certificates(Files.readString(ca)));
  }

  /** What the factory gave a device. */
  Credential bootstrap(DeviceId device) throws IOException {
    return factory.credential(device);
  }

  /** A device that the factory made and the manifest does not list. */
  DeviceId unlisted() {
    return id("unlisted");
  }

  /** One of this run's fleets: "", "-many", "-short" or "-claims". */
  FleetId fleet(String name) {
    return new FleetId(run + name);
  }

  Identity.Device identity(String fleet, String device) {
    return new Identity.Device(target.trustDomain(), fleet(fleet), new DeviceId(device));
  }

  /** A device id of this run. */
  DeviceId id(String name) {
    return new DeviceId(run + "-" + name);
  }

  Target target() {
    return target;
  }

  Clock clock() {
    return clock;
  }

  /** How long to wait for what takes a word of the feed. */
  Duration patience() {
    return patience;
  }

  /** The devices' port, showing a credential; null for none. */
  HttpWire service(Credential credential) {
    return new HttpWire(target.service(), tls(credential));
  }

  /** The operators' port, showing no certificate. */
  HttpWire api() {
    return new HttpWire(target.operatorApi().orElseThrow(), tls(null));
  }

  HttpWire api(Credential credential) {
    return new HttpWire(target.operatorApi().orElseThrow(), tls(credential));
  }

  /** The header that opens the operator API. A secret. */
  String authorization() {
    return "Authorization: Bearer " + token();
  }

  /** A secret. */
  String token() {
    return target.operatorToken().orElseThrow();
  }

  HttpWire status() {
    return new HttpWire(target.statusService().orElseThrow(), null);
  }

  URI webSocket() {
    return target.webSocket().orElseThrow();
  }

  private SSLContext tls(Credential credential) {
    return credential == null
        ? Credential.anonymousTlsContext(target.trust())
        : credential.tlsContext(target.trust());
  }

  /** How a control is made. */
  interface Control {
    boolean holds() throws IOException;
  }

  /**
   * Makes a control once, and remembers.
   *
   * @throws IOException if it does not hold: what is refused then proves nothing
   */
  void require(String control, Control made) throws IOException {
    boolean holds = controls.computeIfAbsent(control, c -> {
      try {
        return made.holds();
      } catch (IOException e) {
        return false;
      }
    });
    if (!holds) {
      throw new IOException("the control failed: " + control);
    }
  }

  /** The messages that must never have come, and of which moves they were. */
  java.util.Set<String> leaks() {
    return ledger == null ? java.util.Set.of() : ledger.leaks();
  }

  /** Ends what is open, last opened first, and takes back what was set up. */
  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        // One that does not close must not keep the others open.
      }
    }
    if (folder != null
        && target.operatorApi().isPresent()
        && target.operatorToken().isPresent()) {
      INTO_FLEETS.forEach(name -> takeBack("/api/v1/fleets/" + fleet(name)));
      takeBack("/api/v1/applications/" + run);
      takeBack("/api/v1/applications/" + run + "-other");
    }
  }

  private void takeBack(String path) {
    try {
      api().send("DELETE", path + "?force=true", null, authorization());
    } catch (IOException e) {
      // The installation is gone, and with it what was set up there.
    }
  }
}
