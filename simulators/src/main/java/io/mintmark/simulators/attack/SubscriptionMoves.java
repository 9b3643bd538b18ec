package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;

import io.mintmark.simulators.Topics;
import java.util.List;

/** SUBSCRIBE packets that are none, about topics of one's own: what is wrong is all there is to see. */
final class SubscriptionMoves {

  private static final byte[] NONE = {0};

  private SubscriptionMoves() {}

  static List<HostileMove> all() {
    return List.of(
        move(
            "subscription.identifier-zero",
            "the subscription identifier 0",
            "closed: a protocol error (MQTT 5.0, 3.8.2.1.2)",
            stage -> packet(2, Packet.properties(Packet.raw(0x0b, 0)), own(stage), 1)),
        move(
            "subscription.identifier-twice",
            "two subscription identifiers",
            "closed: a protocol error (MQTT 5.0, 3.8.2.1.2)",
            stage -> packet(2, Packet.properties(Packet.raw(0x0b, 1, 0x0b, 2)), own(stage), 1)),
        move(
            "subscription.identifier-long",
            "a subscription identifier of five bytes",
            "closed: a malformed packet (MQTT 5.0, 1.5.5)",
            stage -> packet(
                2,
                Packet.properties(Packet.raw(0x0b, 0x80, 0x80, 0x80, 0x80, 0x01)),
                own(stage),
                1)),
        move(
            "subscription.packet-id-zero",
            "a SUBSCRIBE with packet id 0",
            "closed: a protocol error (MQTT 5.0, 2.2.1)",
            stage -> packet(0, NONE, own(stage), 1)),
        move(
            "subscription.none",
            "a SUBSCRIBE without a filter",
            "closed: a protocol error (MQTT 5.0, 3.8.3)",
            stage -> Packet.of(Packet.SUBSCRIBE, Packet.two(2), NONE)),
        move(
            "subscription.options",
            "QoS 3, the reserved retain handling 3, and reserved bits",
            "closed: a malformed packet or a protocol error (MQTT 5.0, 3.8.3.1)",
            stage -> packet(2, NONE, own(stage), 0x03),
            stage -> packet(2, NONE, own(stage), 0x31),
            stage -> packet(2, NONE, own(stage), 0xc1)),
        move(
            "subscription.shared-no-local",
            "a shared subscription with No Local",
            "closed: a protocol error (MQTT 5.0, 3.8.3.1)",
            stage -> packet(2, NONE, "$share/g/" + own(stage), 0x05)),
        cast(
            "subscription.wildcard-placement",
            "filters of its own with a wildcard inside a level, or after #",
            "SUBACK 0x8F or 0x87, or closed (MQTT 5.0, 4.7.1)",
            stage -> refused(stage, "a#")
                .and(refused(stage, "#/a"))
                .and(refused(stage, "a+"))
                .and(refused(stage, "+a/b"))),
        cast(
            "subscription.empty-filter",
            "an empty filter",
            "SUBACK 0x8F or 0x87, or closed (MQTT 5.0, 4.7.3)",
            stage -> Entering.inside(
                stage, wire -> Verdict.of(wire.subscribe(Packet.subscribe(new byte[0])), null))));
  }

  /** What is sent, by somebody who was let in. */
  private interface Making {
    byte[] packet(Stage stage);
  }

  /** Packets a connection does not survive, each on one of its own. */
  private static HostileMove move(String id, String tries, String expected, Making... makings) {
    return cast(id, tries, expected, stage -> {
      Verdict all = null;
      for (Making each : makings) {
        Verdict one =
            Entering.inside(stage, wire -> Verdict.of(wire.survives(each.packet(stage)), null));
        all = all == null ? one : all.and(one);
      }
      return all;
    });
  }

  private static String own(Stage stage) {
    return Topics.commands(stage.intruderIdentity(), "#");
  }

  private static byte[] packet(int id, byte[] properties, String filter, int options) {
    return Packet.of(
        Packet.SUBSCRIBE, Packet.two(id), properties, Packet.text(filter), Packet.raw(options));
  }

  private static Verdict refused(Stage stage, String end) throws Exception {
    byte[] filter = Packet.utf8(Topics.commands(stage.intruderIdentity(), end));
    return Entering.inside(
        stage, wire -> Verdict.of(wire.subscribe(Packet.subscribe(filter)), null));
  }
}
