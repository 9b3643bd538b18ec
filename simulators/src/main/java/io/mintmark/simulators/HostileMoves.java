package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.util.List;

/** The catalogue of hostile moves against the broker, grouped by the claim they test. */
final class HostileMoves {

  private HostileMoves() {}

  /** Another device's topics, published to. */
  static List<HostileMove> foreignPublish() {
    return List.of(
        new HostileMove("QoS 1", stage -> publish(stage, false)),
        new HostileMove("retained", stage -> publish(stage, true)),
        new HostileMove("QoS 0", HostileMoves::publishUnanswered));
  }

  private static Verdict publish(Stage stage, boolean retained) throws Exception {
    String mark = stage.forbiddenMark("publish");
    try (IntruderClient client = asItself(stage)) {
      return entered(client, () -> {
        Sighting seen = client.publish(Topics.telemetry(stage.victim(), "t"), mark, retained);
        return Verdict.of(seen, stage.leakOf(mark));
      });
    }
  }

  /** QoS 0 has no answer, so a broker may also drop the message in silence. */
  private static Verdict publishUnanswered(Stage stage) throws Exception {
    String mark = stage.forbiddenMark("publish at QoS 0");
    try (IntruderClient client = asItself(stage)) {
      return entered(client, () -> {
        Sighting seen = client.publishUnanswered(
            Topics.telemetry(stage.victim(), "t"),
            mark,
            Topics.telemetry(stage.intruderIdentity(), "t"));
        String leak = stage.leakOf(mark);
        return leak == null ? new Verdict(true, seen.toString()) : Verdict.of(seen, leak);
      });
    }
  }

  /** Everything, and another device's topics, subscribed to. */
  static List<HostileMove> foreignSubscribe() {
    return List.of(
        new HostileMove("#", stage -> subscribe(stage, "#")),
        new HostileMove(
            "another's telemetry",
            stage -> subscribe(stage, Topics.telemetry(stage.victim(), "#"))),
        new HostileMove(
            "another's commands", stage -> subscribe(stage, Topics.commands(stage.victim(), "#"))),
        new HostileMove(
            "+ in place of the device",
            stage -> subscribe(stage, "commands/" + stage.victim().fleet() + "/+/do")),
        new HostileMove(
            "a shared subscription",
            stage -> subscribe(stage, "$share/intruders/" + Topics.commands(stage.victim(), "#"))));
  }

  private static Verdict subscribe(Stage stage, String filter) throws Exception {
    try (IntruderClient client = asItself(stage)) {
      return entered(client, () -> {
        Sighting own = client.subscribe(Topics.commands(stage.intruderIdentity(), "#"));
        if (!own.accepted()) {
          return Verdict.unproven("its own commands were refused too: " + own);
        }
        Sighting seen = client.subscribe(filter);
        String telemetry = stage.mark("bait");
        String command = stage.mark("bait");
        if (!stage.publishAsVictim(telemetry) || !stage.commandVictim(command)) {
          return Verdict.unproven(seen + ", but the victim's own messages did not get through");
        }
        // On one connection messages keep their order: what leaked is there before the control.
        if (client.isConnected() && !stage.commandIntruder(client, stage.mark("control"))) {
          return Verdict.unproven(seen + ", but its own command did not reach the intruder");
        }
        boolean leaked = client.watch().saw(telemetry) || client.watch().saw(command);
        return Verdict.of(seen, leaked ? "the victim's messages were DELIVERED to it" : null);
      });
    }
  }

  /** A will on another device's topic, which the broker would publish for the intruder. */
  static List<HostileMove> foreignWill() {
    return List.of(new HostileMove("will on another's topic", stage -> {
      String mark = stage.forbiddenMark("will");
      try (IntruderClient client =
          stage.client(stage.intruder(), stage.intruderIdentity().name())) {
        Sighting seen = client.connectWithWill(Topics.telemetry(stage.victim(), "will"), mark);
        client.cut();
        return Verdict.of(seen, stage.leakOf(mark));
      }
    }));
  }

  /** Another device's client id, to take over its session. */
  static List<HostileMove> foreignClientId() {
    return List.of(
        new HostileMove(
            "another device's", stage -> takeOver(stage, stage.victim().name())),
        new HostileMove(
            "one nobody has", stage -> takeOver(stage, stage.nobody().name())));
  }

  private static Verdict takeOver(Stage stage, String clientId) throws Exception {
    int before = stage.victimDisconnects();
    Verdict verdict = enter(stage, stage.intruder(), clientId);
    return stage.victimDisconnects() == before
        ? verdict
        : new Verdict(false, verdict.saw() + ", and the victim LOST its connection");
  }

  /** No certificate at all. */
  static List<HostileMove> noCertificate() {
    return List.of(
        new HostileMove("TLS 1.3", stage -> anonymous(stage, "TLSv1.3")),
        new HostileMove("TLS 1.2", stage -> anonymous(stage, "TLSv1.2")),
        new HostileMove("a client library", stage -> {
          try (IntruderClient client = stage.anonymousClient(stage.victim().name())) {
            return enter(stage, client, stage.victim());
          }
        }));
  }

  private static Verdict anonymous(Stage stage, String protocol) throws Exception {
    String mark = stage.forbiddenMark("publish without a certificate");
    Sighting seen = stage
        .anonymousConnection()
        .connectAndPublish(
            protocol, stage.victim().name(), Topics.telemetry(stage.victim(), "t"), mark);
    return Verdict.of(seen, stage.leakOf(mark));
  }

  /** A certificate that nobody but its own key has signed. */
  static List<HostileMove> selfSigned() {
    return List.of(new HostileMove(
        "the victim's names",
        stage -> enter(
            stage, stage.forger().selfSigned(stage.victim()), stage.victim().name())));
  }

  /** A certificate of a CA that only looks like the installation's. */
  static List<HostileMove> unknownCa() {
    return List.of(
        new HostileMove("root and issuer named as ours", stage -> {
          Identity.Device victim = stage.victim();
          Credential forged = stage.forger().lookalike(victim, stage.genuineChain(), stage.root());
          return enter(stage, forged, victim.name());
        }),
        new HostileMove("a false signature under the real issuer", stage -> {
          Identity.Device victim = stage.victim();
          Credential forged = stage.forger().underRealIssuer(victim, stage.genuineChain());
          return enter(stage, forged, victim.name());
        }));
  }

  /** A factory's certificate, which opens enrolment and nothing else. */
  static List<HostileMove> factoryCertificate() {
    return List.of(
        new HostileMove(
            "its own client id",
            stage ->
                enter(stage, stage.intruderBootstrap(), stage.intruderIdentity().name())),
        new HostileMove(
            "the victim's client id",
            stage -> enter(stage, stage.intruderBootstrap(), stage.victim().name())));
  }

  /** A credential that was good once: a certificate that has expired, or a revoked device's. */
  static List<HostileMove> goodOnce(String why, Credential credential) {
    String name = credential.identity().name();
    return List.of(new HostileMove(why, stage -> enter(stage, credential, name)));
  }

  /** Connects with a credential and, if let in, publishes in the name it stands for. */
  private static Verdict enter(Stage stage, Credential credential, String clientId)
      throws Exception {
    try (IntruderClient client = stage.client(credential, clientId)) {
      return enter(stage, client, standsFor(stage, credential));
    }
  }

  private static Verdict enter(Stage stage, IntruderClient client, Identity.Device name)
      throws Exception {
    String mark = stage.forbiddenMark("publish");
    Sighting seen = client.connect();
    if (seen.accepted()) {
      client.publish(Topics.telemetry(name, "t"), mark, false);
      client.cut();
    }
    return Verdict.of(seen, stage.leakOf(mark));
  }

  /** A factory's certificate stands for no one: it may as well try the victim. */
  private static Identity.Device standsFor(Stage stage, Credential credential) {
    try {
      return (Identity.Device) credential.identity();
    } catch (IllegalArgumentException e) {
      return stage.victim();
    }
  }

  private static IntruderClient asItself(Stage stage) throws Exception {
    return stage.client(stage.intruder(), stage.intruderIdentity().name());
  }

  private interface Body {
    Verdict run() throws Exception;
  }

  /** What only somebody who was let in can try; being shut out altogether proves nothing. */
  private static Verdict entered(IntruderClient client, Body body) throws Exception {
    Sighting seen = client.connect();
    return seen.accepted()
        ? body.run()
        : Verdict.unproven("the intruder could not connect as itself: " + seen);
  }
}
