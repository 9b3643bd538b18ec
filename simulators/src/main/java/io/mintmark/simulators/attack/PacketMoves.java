package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;
import static io.mintmark.simulators.attack.HostileMove.plain;

import io.mintmark.identity.Credential;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.Topics;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Packets that are none, too long, or out of turn. */
final class PacketMoves {

  private static final String MALFORMED = "closed, 0x81 if anything is said";
  private static final int TWO_MIB = 2 << 20;

  private PacketMoves() {}

  static List<HostileMove> all() {
    return List.of(
        cast(
            "packet.remaining-length",
            "a remaining length of five bytes",
            MALFORMED + " (MQTT 5.0, 1.5.5)",
            stage -> inside(stage, Packet.raw(0x30, 0xff, 0xff, 0xff, 0xff, 0x7f))),
        cast(
            "packet.short-length",
            "a topic that is longer than its packet",
            MALFORMED + " (MQTT 5.0, 4.13)",
            stage -> inside(stage, Packet.raw(0x32, 0x04, 0x00, 0x10, 'a', 'b'))),
        cast(
            "packet.reserved-type",
            "packet type 0",
            MALFORMED + " (MQTT 5.0, 2.1.2)",
            stage -> inside(stage, Packet.raw(0x00, 0x00))),
        cast(
            "packet.reserved-bits",
            "a SUBSCRIBE and a PUBREL without their fixed bits",
            MALFORMED + " (MQTT 5.0, 2.1.3)",
            stage -> inside(
                    stage,
                    Packet.of(
                        0x80,
                        Packet.two(2),
                        Packet.raw(0),
                        Packet.text(Topics.commands(stage.intruderIdentity(), "#")),
                        Packet.raw(1)))
                .and(inside(stage, Packet.of(0x60, Packet.two(1))))),
        cast(
            "packet.qos-3",
            "a message of QoS 3",
            MALFORMED + " (MQTT 5.0, 3.3.1.2)",
            stage -> inside(
                stage,
                Packet.of(
                    0x36,
                    Packet.text(Topics.telemetry(stage.intruderIdentity(), "t")),
                    Packet.two(1),
                    Packet.raw(0)))),
        cast(
            "packet.id-zero",
            "a message of QoS 1 with packet id 0",
            MALFORMED + " (MQTT 5.0, 2.2.1)",
            stage -> inside(
                stage,
                Packet.of(
                    0x32,
                    Packet.text(Topics.telemetry(stage.intruderIdentity(), "t")),
                    Packet.two(0),
                    Packet.raw(0)))),
        cast(
            "packet.second-connect",
            "a second CONNECT, as somebody else",
            "closed: a protocol error (MQTT 5.0, 3.1)",
            stage -> inside(stage, Packet.connect(stage.victim().name()))),
        cast(
            "packet.from-a-server",
            "packets that only servers send",
            "closed: a protocol error (MQTT 5.0, 2.1.2)",
            stage -> inside(stage, Packet.raw(0x20, 0x03, 0x00, 0x00, 0x00))
                .and(inside(stage, Packet.raw(0x90, 0x04, 0x00, 0x01, 0x00, 0x00)))),
        cast(
            "packet.property-twice",
            "a message with the same property twice",
            "closed: a protocol error (MQTT 5.0, 3.3.2.3)",
            stage -> inside(
                stage,
                Packet.publish(
                    Packet.utf8(Topics.telemetry(stage.intruderIdentity(), "t")),
                    Packet.properties(Packet.raw(0x01, 0x00, 0x01, 0x00)),
                    "twice"))),
        cast(
            "packet.property-length",
            "properties that are longer than their packet",
            MALFORMED + " (MQTT 5.0, 2.2.2.1)",
            stage -> inside(stage, published(stage, Packet.raw(0x7f, 0x01, 0x00)))),
        cast(
            "packet.property-unknown",
            "a property that there is not, and one of another packet",
            MALFORMED + " (MQTT 5.0, 2.2.2.2)",
            stage -> inside(stage, published(stage, Packet.properties(Packet.raw(0x7e, 0x00))))
                .and(inside(
                    stage, published(stage, Packet.properties(Packet.raw(0x21), Packet.two(10)))))),
        cast(
            "packet.property-utf8",
            "a user property that is not UTF-8, and a response topic with U+0000",
            MALFORMED + " (MQTT 5.0, 1.5.4)",
            stage -> inside(
                    stage,
                    published(
                        stage,
                        Packet.properties(
                            Packet.raw(0x26),
                            Packet.text("name"),
                            Packet.text(Packet.raw(0xc3, 0x28)))))
                .and(inside(
                    stage,
                    published(stage, Packet.properties(Packet.raw(0x08), Packet.text("a\0b")))))),
        cast(
            "packet.properties-oversize",
            "user properties and a response topic of 2 MiB in one message",
            "closed, 0x95 (MQTT 5.0, 3.1.2.11.4; broker.md, Limits)",
            stage -> inside(
                stage, published(stage, Packet.properties(responseTopic(), longProperties())))),
        cast(
            "packet.connect-oversize",
            "a CONNECT with user properties of 2 MiB",
            "closed, 0x95 if anything is said (MQTT 5.0, 3.1.2.11.4; broker.md, Limits)",
            stage -> connect(
                stage, Packet.connectWith(stage.intruderIdentity().name(), longProperties()))),
        cast(
            "packet.auth-out-of-turn",
            "an AUTH packet where no authentication method was agreed",
            "closed: a protocol error (MQTT 5.0, 4.12)",
            stage -> inside(stage, Packet.raw(0xf0, 0x02, 0x18, 0x00))),
        cast(
            "packet.publish-before-connect",
            "to publish before it has connected",
            "closed, and nothing delivered (MQTT 5.0, 3.1)",
            stage -> {
              Entering.control(stage);
              String mark = stage.forbiddenMark("publish before connect");
              Sighting seen = first(
                  stage, Packet.publish(Topics.telemetry(stage.intruderIdentity(), "t"), mark));
              return stage.judge(seen, mark);
            }),
        cast(
            "packet.protocol-name",
            "a CONNECT of a protocol MQTX",
            "CONNACK 0x84 or closed (MQTT 5.0, 3.1.2.1)",
            stage -> connect(
                stage, Packet.connect("MQTX", 5, Packet.CLEAN_START, Packet.raw(0), id(stage)))),
        cast(
            "packet.protocol-version",
            "a CONNECT of MQTT versions 6 and 0",
            "CONNACK 0x84 or closed (MQTT 5.0, 3.1.2.2)",
            stage -> connect(
                    stage, Packet.connect("MQTT", 6, Packet.CLEAN_START, Packet.raw(0), id(stage)))
                .and(connect(
                    stage,
                    Packet.connect("MQTT", 0, Packet.CLEAN_START, Packet.raw(0), id(stage))))),
        cast(
            "packet.connect-flags",
            "a CONNECT with its reserved flag, and with a will of QoS 3",
            MALFORMED + " (MQTT 5.0, 3.1.2.3 and 3.1.2.6)",
            stage -> connect(
                    stage,
                    Packet.connect("MQTT", 5, Packet.CLEAN_START | 1, Packet.raw(0), id(stage)))
                .and(connect(
                    stage,
                    Packet.connect(
                        "MQTT",
                        5,
                        Packet.CLEAN_START | 0x1c,
                        Packet.raw(0),
                        id(stage),
                        Packet.raw(0),
                        Packet.text("w"),
                        Packet.text("x"))))),
        cast(
            "packet.authentication-method",
            "an authentication method of its own",
            "CONNACK 0x8C (MQTT 5.0, 4.12; broker.md, Who gets in)",
            stage -> connect(
                stage,
                Packet.connectWith(
                    stage.intruderIdentity().name(),
                    Packet.bytes(Packet.raw(0x15), Packet.text("NONE"))))),
        cast(
            "packet.oversize",
            "a message of 2 MiB",
            "closed, 0x95 (MQTT 5.0, 3.1.2.11.4; broker.md, Limits)",
            stage -> {
              String mark = stage.forbiddenMark("oversize");
              return Entering.inside(stage, wire -> {
                Sighting seen = wire.publish(Packet.publish(
                    Topics.telemetry(stage.intruderIdentity(), "t"), "x".repeat(TWO_MIB) + mark));
                return stage.judge(seen, mark);
              });
            }),
        cast(
            "packet.oversize-announced",
            "to announce a message of 256 MiB",
            "closed at the header (MQTT 5.0, 4.13; broker.md, Limits)",
            stage -> inside(stage, Packet.raw(0x30, 0xff, 0xff, 0xff, 0x7f))),
        plain(
            "packet.no-tls",
            "MQTT without TLS on the port that wants it",
            "closed: no listener without TLS (broker.md, Fail closed)",
            PacketMoves::withoutTls));
  }

  /** A message on a topic of its own; the length of properties is the caller's. */
  private static byte[] published(Stage stage, byte[] properties) {
    byte[] topic = Packet.utf8(Topics.telemetry(stage.intruderIdentity(), "t"));
    return Packet.publish(topic, properties, "x");
  }

  /** A user property as long as one may be, again and again. */
  private static byte[] longProperties() {
    byte[] one = Packet.bytes(
        Packet.raw(0x26), Packet.text("name"), Packet.text("x".repeat(Character.MAX_VALUE)));
    byte[][] all = new byte[TWO_MIB / one.length + 1][];
    Arrays.fill(all, one);
    return Packet.bytes(all);
  }

  private static byte[] responseTopic() {
    return Packet.bytes(Packet.raw(0x08), Packet.text("r".repeat(Character.MAX_VALUE)));
  }

  /** Something a connection that was let in does not survive. */
  private static Verdict inside(Stage stage, byte[] packet) throws Exception {
    return Entering.inside(stage, wire -> Verdict.of(wire.survives(packet), null));
  }

  /** A CONNECT as itself, but for one thing. */
  private static Verdict connect(Stage stage, byte[] packet) throws Exception {
    Entering.control(stage);
    String mark = stage.forbiddenMark("publish");
    return stage.judge(
        Entering.tried(stage, stage.intruder(), packet, stage.intruderIdentity(), mark), mark);
  }

  private static byte[] id(Stage stage) {
    return Packet.text(stage.intruderIdentity().name());
  }

  private static Sighting first(Stage stage, byte[] packet) {
    try (MqttWire wire = stage.mqtt(stage.intruder())) {
      return wire.publish(packet);
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  private static Verdict withoutTls(Stage stage) throws IOException {
    Site site = stage.ground().target();
    // That there is a port, which speaks TLS.
    Wire.tls(site.brokerHost(), site.brokerPort(), Credential.anonymousTlsContext(site.trust()))
        .close();
    try (MqttWire wire = new MqttWire(Wire.plain(site.brokerHost(), site.brokerPort()))) {
      return Verdict.of(wire.connect(Packet.connect(stage.victim().name())), null);
    }
  }
}
