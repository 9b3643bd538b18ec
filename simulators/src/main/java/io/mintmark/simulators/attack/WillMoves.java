package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;

import io.mintmark.simulators.Topics;
import io.mintmark.simulators.attack.Ground.Spare;
import java.io.IOException;
import java.util.List;

/** Wills, which the broker publishes for who is gone. */
final class WillMoves {

  private static final String REFUSED =
      "CONNACK 0x87: a will needs the grants of a PUBLISH (broker.md, Topic policy)";

  /** Seconds; long enough to be revoked in. */
  private static final int DELAY = 2;

  private WillMoves() {}

  static List<HostileMove> all() {
    return List.of(
        cast(
            "will.foreign",
            "to leave a will on another device's topic",
            REFUSED,
            stage -> will(stage, new byte[] {0}, Topics.telemetry(stage.victim(), "will"))),
        cast(
            "will.foreign-delayed",
            "to leave a will with a delay on another device's topic",
            REFUSED,
            stage -> will(stage, delay(1), Topics.telemetry(stage.victim(), "will"))),
        cast(
            "will.commands",
            "to leave a command as its will, for another device",
            REFUSED,
            stage -> will(stage, new byte[] {0}, Topics.commands(stage.victim(), "do"))),
        cast(
            "will.system",
            "to leave wills on $ topics",
            REFUSED,
            stage -> will(stage, new byte[] {0}, "$SYS/broker/will")
                .and(will(stage, new byte[] {0}, "$mintmark/narrowed"))),
        cast(
            "will.wildcard",
            "to leave a will on a topic with wildcards",
            "refused (MQTT 5.0, 3.1.3.3 and 4.7.1)",
            stage -> will(stage, new byte[] {0}, Topics.telemetry(stage.intruderIdentity(), "#"))),
        cast(
            "will.response-wildcard",
            "to leave a will whose response topic has wildcards",
            "refused: a protocol error (MQTT 5.0, 3.1.3.2.6)",
            stage -> will(
                stage,
                Packet.properties(Packet.raw(0x08), Packet.text("commands/#")),
                Topics.telemetry(stage.intruderIdentity(), "will"))),
        cast(
            "will.after-cut",
            "to be heard by its will when it is cut off",
            "cut at once, the will never sent (broker.md, How long a session lasts)",
            stage -> revoked(stage, false)),
        cast(
            "will.delayed-after-revocation",
            "to be heard by a will with a delay, left before it was revoked",
            "the will is ended with the stored session (broker.md, How long a session lasts)",
            stage -> revoked(stage, true)));
  }

  private static byte[] delay(int seconds) {
    return Packet.properties(Packet.raw(0x18), Packet.four(seconds));
  }

  private static Verdict will(Stage stage, byte[] properties, String topic) throws Exception {
    String own = stage.mark("own will");
    Sighting allowed =
        leave(stage, new byte[] {0}, Topics.telemetry(stage.intruderIdentity(), "will"), own);
    if (!allowed.accepted() || !stage.delivered(own)) {
      return Verdict.unproven("a will on its own topic came to nothing either: " + allowed);
    }
    String mark = stage.forbiddenMark("will");
    return stage.judge(leave(stage, properties, topic, mark), mark);
  }

  /** Connects with a will and vanishes, upon which the broker publishes it. */
  private static Sighting leave(Stage stage, byte[] properties, String topic, String payload) {
    byte[] connect = Packet.connectWithWill(
        stage.intruderIdentity().name(), properties, Packet.utf8(topic), payload);
    try (MqttWire wire = stage.mqtt(stage.intruder())) {
      return wire.connect(connect);
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  /** Two devices leave the same kind of will; one is revoked, and the other's comes. */
  private static Verdict revoked(Stage stage, boolean delayed) throws Exception {
    byte[] properties = delayed ? delay(DELAY) : new byte[] {0};
    Spare doomed = stage.ground().spare();
    Spare honest = stage.ground().spare();
    String mark = stage.forbiddenMark("will of a revoked device");
    String control = stage.mark("will of another device");
    try (MqttWire last = stage.mqtt(doomed.credential());
        MqttWire other = stage.mqtt(honest.credential())) {
      Sighting in = last.connect(connect(doomed, properties, mark));
      Sighting otherIn = other.connect(connect(honest, properties, control));
      if (!in.accepted() || !otherIn.accepted()) {
        return Verdict.unproven("not let in with a will of its own: " + in + ", " + otherIn);
      }
      Sighting cut = Sighting.refused("gone by itself");
      if (delayed) {
        last.drop();
      }
      stage.ground().target().revoke(doomed.identity().device());
      if (!delayed) {
        cut = last.ends(stage.ground().patience());
      }
      // Dropped after the other: its will comes after the one that must not.
      other.drop();
      if (!stage.delivered(control)) {
        return Verdict.unproven("the will of the other device did not come either");
      }
      return stage.judge(cut, mark);
    }
  }

  private static byte[] connect(Spare device, byte[] properties, String payload) {
    String topic = Topics.telemetry(device.identity(), "will");
    return Packet.connectWithWill(device.clientId(), properties, Packet.utf8(topic), payload);
  }
}
