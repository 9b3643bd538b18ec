package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;

import io.mintmark.simulators.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Topics and filters that are not granted, or no topics at all. */
final class TopicMoves {

  private static final String PUBLISH = "PUBACK 0x87 and closed (broker.md, Topic policy)";
  private static final String SUBSCRIBE = "SUBACK 0x87 (broker.md, Topic policy)";
  private static final String MALFORMED = "closed: a malformed packet (MQTT 5.0, 1.5.4)";
  private static final String ALIAS = "DISCONNECT 0x94 or 0x82 (MQTT 5.0, 3.3.2.3.4)";

  private TopicMoves() {}

  static List<HostileMove> all() {
    return List.of(
        cast(
            "topic.foreign-publish",
            "to publish to another device's topic",
            PUBLISH,
            stage -> publish(stage, Topics.telemetry(stage.victim(), "t"))),
        cast(
            "topic.foreign-retained",
            "to leave a retained message on another device's topic",
            PUBLISH,
            stage -> Entering.inside(stage, wire -> {
              String mark = stage.forbiddenMark("retained");
              byte[] packet = Packet.of(
                  Packet.PUBLISH | 3,
                  Packet.text(Topics.telemetry(stage.victim(), "t")),
                  Packet.two(1),
                  Packet.raw(0),
                  Packet.utf8(mark));
              return stage.judge(wire.publish(packet), mark);
            })),
        cast(
            "topic.foreign-retained-cleared",
            "to clear another device's retained message",
            PUBLISH,
            stage -> Entering.inside(
                stage,
                wire -> Verdict.of(
                    wire.publish(Packet.of(
                        Packet.PUBLISH | 3,
                        Packet.text(Topics.telemetry(stage.victim(), "t")),
                        Packet.two(1),
                        Packet.raw(0))),
                    null))),
        cast(
            "topic.foreign-unanswered",
            "to publish to another device's topic with QoS 0",
            "closed, and nothing delivered (broker.md, Topic policy)",
            TopicMoves::unanswered),
        cast(
            "topic.foreign-mqtt311",
            "to publish to another device's topic over MQTT 3.1.1",
            "closed, and nothing delivered (broker.md, Topic policy)",
            TopicMoves::mqtt311),
        cast(
            "topic.commands-publish",
            "to send commands, to another device and to itself",
            PUBLISH,
            stage -> publish(stage, Topics.commands(stage.victim(), "do"))
                .and(publish(stage, Topics.commands(stage.intruderIdentity(), "do")))),
        cast(
            "topic.wildcard-publish",
            "to publish to a topic with wildcards",
            "DISCONNECT 0x90 (MQTT 5.0, 3.3.2.1)",
            stage -> publish(stage, "telemetry/" + stage.victim().fleet() + "/+/t")
                .and(publish(stage, Topics.telemetry(stage.intruderIdentity(), "#")))),
        cast(
            "topic.empty-level",
            "topics with empty levels in place of names",
            PUBLISH,
            stage -> publish(stage, "/" + Topics.telemetry(stage.intruderIdentity(), "t"))
                .and(publish(stage, "telemetry/" + stage.victim().fleet() + "//t"))
                .and(publish(stage, "telemetry//" + stage.intruderIdentity().name() + "/t"))),
        cast(
            "topic.dot-segments",
            "to go up from its own topics with ..",
            PUBLISH,
            stage -> publish(
                    stage,
                    "telemetry/" + stage.victim().fleet() + "/./"
                        + stage.victim().name() + "/t")
                .and(publish(
                    stage,
                    "telemetry/" + stage.victim().fleet() + "/x/../"
                        + stage.intruderIdentity().name()))),
        cast(
            "topic.sibling",
            "topics that merely begin like its own",
            PUBLISH,
            stage -> publish(
                    stage,
                    "telemetry/" + stage.victim().fleet() + "/"
                        + stage.intruderIdentity().name() + "0/t")
                .and(publish(
                    stage,
                    "telemetry/" + stage.victim().fleet() + "0/"
                        + stage.intruderIdentity().name() + "/t"))),
        cast(
            "topic.system-publish",
            "to publish to $SYS, $mintmark and $share topics",
            "PUBACK 0x87 and closed: publishing to $ topics is for the broker alone (broker.md, Topic"
                + " policy)",
            stage -> publish(stage, "$SYS/broker/uptime")
                .and(publish(stage, "$mintmark/narrowed"))
                .and(
                    publish(stage, "$share/g/" + Topics.telemetry(stage.intruderIdentity(), "t")))),
        cast(
            "topic.nul",
            "a topic of its own with U+0000",
            MALFORMED,
            stage -> publish(stage, Topics.telemetry(stage.intruderIdentity(), "a\0b"))),
        cast(
            "topic.invalid-utf8",
            "a topic of its own that is not UTF-8, and a surrogate",
            MALFORMED,
            stage ->
                raw(stage, Packet.raw(0xff, 0xfe)).and(raw(stage, Packet.raw(0xed, 0xa0, 0x80)))),
        cast(
            "topic.empty",
            "an empty topic without an alias",
            "DISCONNECT 0x82 (MQTT 5.0, 3.3.2.1)",
            stage -> publish(stage, "")),
        cast(
            "topic.wildcard-subscribe",
            "to subscribe to #",
            SUBSCRIBE,
            stage -> subscribe(stage, "#")),
        cast(
            "topic.foreign-telemetry",
            "to subscribe to another device's telemetry",
            SUBSCRIBE,
            stage -> subscribe(stage, Topics.telemetry(stage.victim(), "#"))),
        cast(
            "topic.foreign-commands",
            "to subscribe to another device's commands",
            SUBSCRIBE,
            stage -> subscribe(stage, Topics.commands(stage.victim(), "#"))),
        cast(
            "topic.plus-subscribe",
            "to subscribe with + in place of the device",
            SUBSCRIBE,
            stage -> subscribe(stage, "commands/" + stage.victim().fleet() + "/+/do")),
        cast(
            "topic.prefix-subscribe",
            "to subscribe to whatever begins like its own name",
            SUBSCRIBE,
            stage -> subscribe(stage, "commands/" + stage.victim().fleet() + "/#")
                .and(subscribe(
                    stage, "+/" + stage.victim().fleet() + "/" + stage.victim().name() + "/#"))),
        cast(
            "topic.shared-subscribe",
            "a shared subscription to another device's commands",
            SUBSCRIBE,
            stage -> subscribe(stage, "$share/intruders/" + Topics.commands(stage.victim(), "#"))),
        cast(
            "topic.shared-malformed",
            "shared subscriptions with empty and wildcard groups",
            "SUBACK 0x87 or 0x8F, or closed (MQTT 5.0, 4.8.2)",
            stage -> subscribe(stage, "$share//" + Topics.commands(stage.victim(), "#"))
                .and(subscribe(stage, "$share/+/" + Topics.commands(stage.victim(), "#")))
                .and(subscribe(stage, "$share/#"))
                .and(subscribe(stage, "$share/g"))),
        cast(
            "topic.shared-twice",
            "a shared subscription inside a shared subscription",
            SUBSCRIBE,
            stage -> subscribe(stage, "$share/a/$share/b/" + Topics.commands(stage.victim(), "#"))),
        cast(
            "topic.system-subscribe",
            "to subscribe to $SYS and $mintmark",
            SUBSCRIBE,
            stage -> subscribe(stage, "$SYS/#")
                .and(subscribe(stage, "$mintmark/#"))
                .and(subscribe(stage, "$mintmark/narrowed"))),
        cast(
            "topic.subscribe-nul",
            "a filter of its own with U+0000",
            MALFORMED,
            stage -> subscribe(stage, Topics.commands(stage.intruderIdentity(), "a\0b"))),
        cast(
            "alias.zero",
            "the topic alias 0",
            ALIAS,
            stage -> alias(stage, Topics.telemetry(stage.intruderIdentity(), "t"), 0)),
        cast(
            "alias.beyond-maximum",
            "a topic alias above the broker's maximum",
            ALIAS,
            stage -> alias(stage, Topics.telemetry(stage.intruderIdentity(), "t"), 65_535)),
        cast(
            "alias.never-set",
            "a topic alias that stands for nothing",
            ALIAS,
            stage -> alias(stage, "", 1)),
        cast(
            "alias.moved",
            "to point an alias at another device's topic, then use it",
            "closed at the first, and nothing delivered (MQTT 5.0, 3.3.2.3.4)",
            TopicMoves::moved),
        cast(
            "response.wildcard",
            "a response topic with wildcards",
            "closed: a protocol error (MQTT 5.0, 3.3.2.3.5)",
            stage -> property(stage, Packet.bytes(Packet.raw(0x08), Packet.text("commands/#")))),
        cast(
            "response.grants-nothing",
            "to name another device's commands as response topic, then to publish there",
            "the name is passed on, and grants nothing: PUBACK 0x87 (MQTT 5.0, 4.10)",
            TopicMoves::responseTopic),
        cast(
            "response.subscription-id",
            "a message that carries a subscription identifier",
            "closed: a protocol error (MQTT 5.0, 3.3.4)",
            stage -> property(stage, Packet.raw(0x0b, 0x01))));
  }

  private static Verdict publish(Stage stage, String topic) throws Exception {
    return publish(stage, topic.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes at the end of a topic of its own. */
  private static Verdict raw(Stage stage, byte[] tail) throws Exception {
    String own = Topics.telemetry(stage.intruderIdentity(), "");
    return publish(stage, Packet.bytes(Packet.utf8(own), tail));
  }

  private static Verdict publish(Stage stage, byte[] topic) throws Exception {
    return Entering.inside(stage, wire -> {
      String mark = stage.forbiddenMark("publish");
      Sighting seen = wire.publish(Packet.publish(topic, Packet.raw(0), mark));
      return stage.victimSaw(mark)
          ? Verdict.leak(seen + ", and the victim RECEIVED it")
          : stage.judge(seen, mark);
    });
  }

  /** QoS 0 has no answer, so a broker may also drop the message in silence. */
  private static Verdict unanswered(Stage stage) throws Exception {
    return Entering.inside(stage, wire -> {
      String mark = stage.forbiddenMark("publish at QoS 0");
      byte[] foreign = Packet.of(
          Packet.PUBLISH,
          Packet.text(Topics.telemetry(stage.victim(), "t")),
          Packet.raw(0),
          Packet.utf8(mark));
      String own = Topics.telemetry(stage.intruderIdentity(), "t");
      Sighting seen = wire.ask(Packet.PUBACK, foreign, Packet.publish(own, "still here?"));
      return stage.judgeDelivery(seen, mark);
    });
  }

  private static Verdict mqtt311(Stage stage) throws Exception {
    String mark = stage.forbiddenMark("publish over MQTT 3.1.1");
    try (MqttWire wire = stage.mqtt(stage.intruder())) {
      Sighting in = wire.connect(Packet.connect311(stage.intruderIdentity().name()));
      if (!in.accepted()) {
        return Verdict.unproven("not let in over MQTT 3.1.1: " + in);
      }
      Sighting seen = wire.publish(Packet.of(
          Packet.PUBLISH | 2,
          Packet.text(Topics.telemetry(stage.victim(), "t")),
          Packet.two(1),
          Packet.utf8(mark)));
      return stage.judge(seen, mark);
    }
  }

  private static Verdict subscribe(Stage stage, String filter) throws Exception {
    return Entering.inside(stage, wire -> {
      Sighting own = wire.subscribe(
          Packet.subscribe(Packet.utf8(Topics.commands(stage.intruderIdentity(), "#"))));
      if (!own.accepted()) {
        return Verdict.unproven("its own commands were refused too: " + own);
      }
      Sighting seen = wire.subscribe(Packet.subscribe(Packet.utf8(filter)));
      String telemetry = stage.mark("bait");
      String command = stage.mark("bait");
      if (!stage.publishAsVictim(telemetry) || !stage.commandVictim(command)) {
        return Verdict.unproven(seen + ", but the victim's own messages did not get through");
      }
      // On one connection messages keep their order: what leaked is there before the control.
      String control = stage.mark("control");
      stage.command(stage.intruderIdentity(), control);
      boolean arrived = wire.receives(control);
      if (wire.received(telemetry) || wire.received(command)) {
        return Verdict.leak(seen + ", and the victim's messages were DELIVERED to it");
      }
      return arrived || wire.isClosed()
          ? Verdict.of(seen, null)
          : Verdict.unproven(seen + ", but its own command did not reach the intruder");
    });
  }

  private static Verdict alias(Stage stage, String topic, int alias) throws Exception {
    return Entering.inside(stage, wire -> {
      String mark = stage.forbiddenMark("alias");
      return stage.judge(wire.publish(Packet.publishAlias(topic, alias, mark)), mark);
    });
  }

  private static Verdict moved(Stage stage) throws Exception {
    return Entering.inside(stage, wire -> {
      String own = stage.mark("own alias");
      Sighting set = wire.publish(
          Packet.publishAlias(Topics.telemetry(stage.intruderIdentity(), "t"), 1, own));
      if (!set.accepted() || !stage.delivered(own)) {
        return Verdict.unproven("an alias of its own came to nothing: " + set);
      }
      String mark = stage.forbiddenMark("moved alias");
      Sighting seen = wire.ask(
          Packet.PUBACK,
          Packet.publishAlias(Topics.telemetry(stage.victim(), "t"), 1, mark),
          Packet.publishAlias("", 1, mark));
      return stage.judge(seen, mark);
    });
  }

  private static Verdict property(Stage stage, byte[] property) throws Exception {
    return Entering.inside(stage, wire -> {
      String mark = stage.forbiddenMark("property");
      byte[] topic = Packet.utf8(Topics.telemetry(stage.intruderIdentity(), "t"));
      Sighting seen = wire.publish(Packet.publish(topic, Packet.properties(property), mark));
      return stage.judge(seen, mark);
    });
  }

  private static Verdict responseTopic(Stage stage) throws Exception {
    return Entering.inside(stage, wire -> {
      String commands = Topics.commands(stage.victim(), "do");
      byte[] property = Packet.bytes(Packet.raw(0x08), Packet.text(commands));
      byte[] topic = Packet.utf8(Topics.telemetry(stage.intruderIdentity(), "t"));
      String own = stage.mark("response topic");
      Sighting named = wire.publish(Packet.publish(topic, Packet.properties(property), own));
      if (!named.accepted() || !stage.delivered(own)) {
        return Verdict.unproven("a response topic came to nothing: " + named);
      }
      String mark = stage.forbiddenMark("response");
      Sighting seen = wire.publish(Packet.publish(commands, mark));
      return stage.victimSaw(mark)
          ? Verdict.leak(seen + ", and the victim RECEIVED it")
          : stage.judge(seen, mark);
    });
  }
}
