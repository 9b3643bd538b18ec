package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Where hostile moves are made: a broker, an intruder with a valid certificate of its own, a victim
 * of the same fleet that goes about its business, and an application that is shown every message
 * the broker delivers. Moves are made one after the other.
 *
 * <p>A look for something that must not have happened is preceded by a control of the same kind
 * that must have: a message of the victim's, which the application has to see. Without it, a broken
 * watcher or a dead broker would pass for a safe one.
 */
final class Stage {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final Installation installation;
  private final ApplicationClient application;
  private final Watch watch;
  private final VirtualDevice victim;
  private final Credential intruder;
  private final Credential intruderBootstrap;
  private final Clock clock;
  private final AtomicInteger marks = new AtomicInteger();
  private final Map<String, String> forbidden = new HashMap<>();
  private String claim = "";

  /**
   * @param application subscribed to everything
   * @param watch what the application hands its messages to
   * @param victim connected, and subscribed to its commands with a handler that feeds its own watch
   * @param intruder operational credential of another device of the victim's fleet
   * @param intruderBootstrap the same device's factory credential
   * @param clock dates what is forged
   */
  Stage(
      Installation installation,
      ApplicationClient application,
      Watch watch,
      VirtualDevice victim,
      Credential intruder,
      Credential intruderBootstrap,
      Clock clock) {
    this.installation = installation;
    this.application = application;
    this.watch = watch;
    this.victim = victim;
    this.intruder = intruder;
    this.intruderBootstrap = intruderBootstrap;
    this.clock = clock;
  }

  /** Has the victim renew its certificate: the service still serves those it should. */
  void renewVictim() throws InterruptedException, ExecutionException, TimeoutException {
    victim.renewNow().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  Credential intruder() {
    return intruder;
  }

  Credential intruderBootstrap() {
    return intruderBootstrap;
  }

  Identity.Device victim() {
    return victim.identity();
  }

  Forger forger() {
    return new Forger(clock);
  }

  /** A chain of the installation, leaf first, as anybody sees it who is connected. */
  List<X509Certificate> genuineChain() {
    return intruder.chain();
  }

  X509Certificate root() {
    return installation.trust().get(0);
  }

  /** A client with this credential and client id, not yet connected. */
  IntruderClient client(Credential credential, String clientId) {
    return IntruderClient.at(installation, credential, clientId);
  }

  /** A client without a certificate, not yet connected. */
  IntruderClient anonymousClient(String clientId) {
    return IntruderClient.at(
        installation, Credential.anonymousTlsContext(installation.trust()), clientId);
  }

  /** A connection by hand without a certificate. */
  RawConnection anonymousConnection() {
    return new RawConnection(
        installation.brokerHost(),
        installation.brokerPort(),
        Credential.anonymousTlsContext(installation.trust()));
  }

  /** A payload found nowhere else. */
  String mark(String what) {
    return Watch.MARK + what + ":" + marks.incrementAndGet();
  }

  /** The claim that the moves from now on are made for. */
  void begin(String claimName) {
    claim = claimName;
  }

  /** A payload that must never be delivered, not even after the move is over. */
  String forbiddenMark(String what) {
    String mark = mark(what);
    forbidden.put(mark, claim);
    return mark;
  }

  /** The claims of which a {@link #forbiddenMark} was delivered by now. */
  Set<String> leaks() {
    return forbidden.keySet().stream()
        .filter(watch::saw)
        .map(forbidden::get)
        .collect(Collectors.toSet());
  }

  /**
   * Whether a payload got through, looked for after a control message has.
   *
   * @return how it got through, or why that cannot be said; null if it did not
   */
  String leakOf(String payload) throws InterruptedException {
    String control = mark("control");
    if (!publishAsVictim(control)) {
      return "the control message of the victim did not reach the application";
    }
    return watch.saw(payload) ? "the message was DELIVERED to the application" : null;
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
        return watch.await(payload, LIMIT);
      } catch (ExecutionException | TimeoutException e) {
        // Its connection may just have been taken over: the point of some moves.
        Thread.sleep(RETRY.toMillis());
      }
    }
    return false;
  }

  /** Sends the victim a command; whether the victim then received it. */
  boolean commandVictim(String payload) throws IOException, InterruptedException {
    application.publish(Topics.commands(victim(), "do"), payload.getBytes(StandardCharsets.UTF_8));
    return victim.watch().await(payload, LIMIT);
  }

  /** Sends the intruder a command of its own; whether it then received it. */
  boolean commandIntruder(IntruderClient client, String payload)
      throws IOException, InterruptedException {
    application.publish(
        Topics.commands(intruderIdentity(), "do"), payload.getBytes(StandardCharsets.UTF_8));
    return client.watch().await(payload, LIMIT);
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
    return new Identity.Device(
        victim().trustDomain(), victim().fleet(), new DeviceId("nobody-0001"));
  }
}
