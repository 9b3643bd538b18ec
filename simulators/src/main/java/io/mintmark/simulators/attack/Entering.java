package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.simulators.Topics;
import java.io.IOException;
import java.time.Duration;

/** Ways into the broker that several groups of moves share. */
final class Entering {

  private static final Duration LOOK = Duration.ofMillis(150);

  private Entering() {}

  /** What a move does once it is in. */
  interface Body {
    Verdict run(MqttWire wire) throws Exception;
  }

  /** Connects with a credential and, if let in, publishes in the name it stands for. */
  static Verdict enter(Stage stage, Credential credential, String clientId)
      throws InterruptedException {
    return enter(stage, credential, Packet.utf8(clientId));
  }

  static Verdict enter(Stage stage, Credential credential, byte[] clientId)
      throws InterruptedException {
    String mark = stage.forbiddenMark("publish");
    return stage.judge(
        tried(stage, credential, Packet.connect(clientId), standsFor(stage, credential), mark),
        mark);
  }

  /** Sends a CONNECT of the caller's and, if let in, publishes. */
  static Sighting tried(
      Stage stage, Credential credential, byte[] connect, Identity.Device name, String mark) {
    try (MqttWire wire = stage.mqtt(credential)) {
      Sighting seen = wire.connect(connect);
      if (seen.accepted()) {
        wire.publish(Packet.publish(Topics.telemetry(name, "t"), mark));
      }
      return seen;
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  /** The same without waiting to be let in, by one version of TLS; null for no certificate. */
  static Verdict pipelined(Stage stage, Credential credential, String protocol)
      throws InterruptedException {
    String mark = stage.forbiddenMark("publish");
    String topic = Topics.telemetry(stage.victim(), "t");
    Sighting seen;
    try (MqttWire wire = stage.mqtt(credential, protocol)) {
      seen = wire.ask(
          Packet.CONNACK, Packet.connect(stage.victim().name()), Packet.publish(topic, mark));
    } catch (IOException e) {
      seen = Sighting.of(e);
    }
    return stage.judge(seen, mark);
  }

  /** A factory's certificate, or a forgery, stands for no one: it may as well try the victim. */
  private static Identity.Device standsFor(Stage stage, Credential credential) {
    try {
      return credential.identity() instanceof Identity.Device device ? device : stage.victim();
    } catch (IllegalArgumentException e) {
      return stage.victim();
    }
  }

  /** What only somebody who was let in can try; being shut out altogether proves nothing. */
  static Verdict inside(Stage stage, Body body) throws Exception {
    try (MqttWire wire = stage.entered()) {
      return body.run(wire);
    }
  }

  /** After the proof that the intruder gets in as itself. */
  static void control(Stage stage) throws IOException {
    stage.entered().close();
  }

  /** Whether this credential opens the broker. */
  static Sighting opens(Stage stage, Credential credential, String clientId) {
    try (MqttWire wire = stage.mqtt(credential)) {
      return wire.connect(Packet.connect(clientId));
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  /** Tries again until it is refused, or patience is over: some refusals take a word of the feed. */
  static Verdict refusedSoon(Stage stage, Credential credential, String clientId)
      throws InterruptedException {
    long end = System.nanoTime() + stage.ground().patience().toNanos();
    Sighting seen = opens(stage, credential, clientId);
    while (seen.accepted() && System.nanoTime() < end) {
      Thread.sleep(LOOK.toMillis());
      seen = opens(stage, credential, clientId);
    }
    return seen.refused() ? enter(stage, credential, clientId) : Verdict.of(seen, null);
  }
}
