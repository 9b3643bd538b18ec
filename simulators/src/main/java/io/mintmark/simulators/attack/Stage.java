package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.simulators.ApplicationClient;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.Topics;
import io.mintmark.simulators.VirtualDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * Where hostile moves are made: a broker, an intruder with a valid certificate of its own, a victim
 * of the same fleet that goes about its business, and an application that is shown every message
 * the broker delivers. One stage is for one move at a time; several with an intruder each may share
 * the rest.
 *
 * <p>A look for something that must not have happened is preceded by a control of the same kind
 * that must have: a message of the victim's, which the application has to see. Without it, a broken
 * watcher or a dead broker would pass for a safe one.
 */
public final class Stage {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final DeviceId NOBODY = new DeviceId("nobody-0001");

  private final Site site;
  private final Ground ground;
  private final ApplicationClient application;
  private final Ledger ledger;
  private final VirtualDevice victim;
  private final Credential intruder;
  private final Credential intruderBootstrap;
  private final Clock clock;
  private String claim = "";

  /**
   * @param application subscribed to everything
   * @param watch what the application hands its messages to
   * @param victim connected, and subscribed to its commands with a handler that feeds its own watch
   * @param intruder operational credential of another device of the victim's fleet
   * @param intruderBootstrap the same device's factory credential
   * @param clock dates what is forged
   */
  public Stage(
      Site site,
      ApplicationClient application,
      Watch watch,
      VirtualDevice victim,
      Credential intruder,
      Credential intruderBootstrap,
      Clock clock) {
    this(site, null, application, new Ledger(watch), victim, intruder, intruderBootstrap, clock);
  }

  private Stage(
      Site site,
      Ground ground,
      ApplicationClient application,
      Ledger ledger,
      VirtualDevice victim,
      Credential intruder,
      Credential intruderBootstrap,
      Clock clock) {
    this.site = site;
    this.ground = ground;
    this.application = application;
    this.ledger = ledger;
    this.victim = victim;
    this.intruder = intruder;
    this.intruderBootstrap = intruderBootstrap;
    this.clock = clock;
  }

  /** Nobody but the intruder, who has nothing. */
  static Stage empty(Ground ground) {
    return new Stage(
        ground.target(), ground, null, new Ledger(new Watch()), null, null, null, ground.clock());
  }

  /** One of several on the same ground. */
  static Stage of(
      Ground ground,
      ApplicationClient application,
      Ledger ledger,
      VirtualDevice victim,
      Credential intruder,
      Credential intruderBootstrap) {
    return new Stage(
        ground.target(),
        ground,
        application,
        ledger,
        victim,
        intruder,
        intruderBootstrap,
        ground.clock());
  }

  /** Has the victim renew its certificate: the service still serves those it should. */
  public void renewVictim() throws InterruptedException, ExecutionException, TimeoutException {
    victim.renewNow().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What a catalogue finds beyond the people. */
  Ground ground() {
    return ground;
  }

  Credential intruder() {
    return intruder;
  }

  Credential intruderBootstrap() {
    return intruderBootstrap;
  }

  /** Where there is none, one that might be. */
  Identity.Device victim() {
    return victim == null
        ? new Identity.Device(site.trustDomain(), new FleetId("sensors"), NOBODY)
        : victim.identity();
  }

  Forger forger() {
    return new Forger(clock);
  }

  Clock clock() {
    return clock;
  }

  /** A chain of the installation, leaf first, as anybody sees it who knocks. */
  List<X509Certificate> genuineChain() throws IOException {
    if (intruder != null) {
      return intruder.chain();
    }
    SSLContext tls = Credential.anonymousTlsContext(site.trust());
    try (Wire wire = Wire.tls(site.brokerHost(), site.brokerPort(), tls)) {
      return Arrays.stream(((SSLSocket) wire.socket()).getSession().getPeerCertificates())
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      throw new IOException("the broker showed no certificate", e);
    }
  }

  X509Certificate root() {
    return site.trust().get(0);
  }

  /** A client with this credential and client id, not yet connected. */
  IntruderClient client(Credential credential, String clientId) {
    return IntruderClient.at(site, credential, clientId);
  }

  /** A client without a certificate, not yet connected. */
  IntruderClient anonymousClient(String clientId) {
    return IntruderClient.at(site, Credential.anonymousTlsContext(site.trust()), clientId);
  }

  /** MQTT by hand, after a handshake that shows this credential; null for none. */
  MqttWire mqtt(Credential credential, String... protocols) throws IOException {
    return mqtt(tls(credential), protocols);
  }

  MqttWire mqtt(SSLContext tls, String... protocols) throws IOException {
    return new MqttWire(Wire.tls(site.brokerHost(), site.brokerPort(), tls, protocols));
  }

  /** TLS that shows this credential; null for none. */
  SSLContext tls(Credential credential) {
    return credential == null
        ? Credential.anonymousTlsContext(site.trust())
        : credential.tlsContext(site.trust());
  }

  /** MQTT by hand, let in as the intruder itself. */
  MqttWire entered() throws IOException {
    MqttWire wire = mqtt(intruder);
    Sighting seen = wire.connect(Packet.connect(intruderIdentity().name()));
    if (!seen.accepted()) {
      wire.close();
      throw new IOException("the intruder could not connect as itself: " + seen);
    }
    return wire;
  }

  /** A payload found nowhere else. */
  String mark(String what) {
    return ledger.mark(what);
  }

  /** What the moves from now on are made for: a claim, or a move's id. */
  void begin(String name) {
    claim = name;
  }

  /** A payload that must never be delivered, not even after the move is over. */
  String forbiddenMark(String what) {
    return ledger.forbid(what, claim);
  }

  /** Those of which a {@link #forbiddenMark} was delivered by now. */
  public Set<String> leaks() {
    return ledger.leaks();
  }

  /** What was seen, and whether a payload got through all the same. */
  Verdict judge(Sighting seen, String payload) throws InterruptedException {
    // Being let in is a leak whether or not anything comes of it.
    if (victim == null || seen.accepted()) {
      return Verdict.of(seen, null);
    }
    boolean control = publishAsVictim(mark("control"));
    if (ledger.watch().saw(payload)) {
      return Verdict.leak(seen + ", and the message was DELIVERED to the application");
    }
    return control
        ? Verdict.of(seen, null)
        : Verdict.unproven(
            seen + ", but the control message of the victim did not reach the application");
  }

  /** The same where silence is an answer: held if nothing got through, whatever the client saw. */
  Verdict judgeDelivery(Sighting seen, String payload) throws InterruptedException {
    return judge(Sighting.refused(seen.toString()), payload);
  }

  /** Waits for the application to be shown a payload; whether it was. */
  boolean delivered(String payload) throws InterruptedException {
    return ledger.watch().await(payload, LIMIT);
  }

  /** Publishes a payload in the victim's own name; whether the application then saw it. */
  boolean publishAsVictim(String payload) throws InterruptedException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      try {
        victim
            .publish(Topics.telemetry(victim(), "status"), bytes)
            .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        return ledger.watch().await(payload, LIMIT);
      } catch (ExecutionException | TimeoutException e) {
        // Its connection may just have been taken over: the point of some moves.
        Thread.sleep(RETRY.toMillis());
      }
    }
    return false;
  }

  /** Sends the victim a command; whether the victim then received it. */
  boolean commandVictim(String payload) throws IOException, InterruptedException {
    command(victim(), payload);
    return victim.watch().await(payload, LIMIT);
  }

  /** Whether the victim was sent a payload by now. */
  boolean victimSaw(String payload) {
    return victim.watch().saw(payload);
  }

  /** Has the application send a command. */
  void command(Identity.Device to, String payload) throws IOException {
    application.publish(Topics.commands(to, "do"), payload.getBytes(StandardCharsets.UTF_8));
  }

  Identity.Device intruderIdentity() {
    return (Identity.Device) intruder.identity();
  }

  /** How often the victim has lost its connection. */
  int victimDisconnects() {
    return victim.disconnects();
  }

  /** A device of the fleet that does not exist. */
  Identity.Device nobody() {
    return new Identity.Device(victim().trustDomain(), victim().fleet(), NOBODY);
  }
}
