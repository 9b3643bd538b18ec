package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;

import io.mintmark.identity.Credential;
import io.mintmark.simulators.attack.Ground.Spare;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Client ids that are not one's own: to take over a session, or to pass for somebody. */
final class ClientIdMoves {

  private static final String OWN_ONLY =
      "CONNACK 0x85: the client id is the identity's own (broker.md, Who gets in)";

  private ClientIdMoves() {}

  static List<HostileMove> all() {
    return List.of(
        cast(
            "client-id.stolen",
            "another device's client id",
            OWN_ONLY,
            stage -> takeOver(stage, stage.victim().name())),
        cast(
            "client-id.resumed",
            "to go on with another device's session, by another certificate",
            OWN_ONLY,
            stage -> {
              Entering.control(stage);
              String mark = stage.forbiddenMark("publish");
              // Without a clean start, and with a session that stays (MQTT 5.0, 3.1.2.4).
              byte[] connect = Packet.connect(
                  "MQTT",
                  5,
                  0,
                  Packet.properties(Packet.raw(0x11), Packet.four(60)),
                  Packet.text(stage.victim().name()));
              return stage.judge(
                  Entering.tried(stage, stage.intruder(), connect, stage.victim(), mark), mark);
            }),
        cast(
            "client-id.unassigned",
            "a client id nobody has",
            OWN_ONLY,
            stage -> takeOver(stage, stage.nobody().name())),
        cast(
            "client-id.other-case",
            "another device's client id in upper case",
            OWN_ONLY,
            stage -> takeOver(stage, stage.victim().name().toUpperCase(Locale.ROOT))),
        cast(
            "client-id.empty",
            "an empty client id, for the broker to choose one",
            OWN_ONLY,
            stage -> as(stage, new byte[0])),
        cast(
            "client-id.separator",
            "its own client id and, after a separator, another's",
            OWN_ONLY,
            stage -> each(
                stage,
                own(stage) + "/" + stage.victim().name(),
                own(stage) + "@" + stage.victim().name(),
                stage.victim().name() + "/" + own(stage))),
        cast(
            "client-id.wildcard",
            "client ids that are topic filters",
            OWN_ONLY,
            stage -> each(stage, "#", "+", own(stage) + "/#")),
        cast(
            "client-id.suffix",
            "its own client id with a suffix, where the fleet allows none",
            OWN_ONLY,
            stage -> each(stage, own(stage) + ":1", own(stage) + "~", own(stage) + ":")),
        cast(
            "client-id.suffix-of-another",
            "the client id of a device whose name begins with its own, where suffixes are allowed",
            OWN_ONLY + "; the separator cannot be in a device id (ADR 3)",
            ClientIdMoves::suffixes),
        cast(
            "client-id.over-long",
            "a client id of 65,000 characters",
            OWN_ONLY,
            stage -> as(stage, utf8(own(stage) + "x".repeat(65_000)))),
        cast(
            "client-id.nul",
            "its own client id followed by U+0000",
            "closed: a malformed packet (MQTT 5.0, 1.5.4)",
            stage -> as(stage, utf8(own(stage) + "\0"))),
        cast(
            "client-id.invalid-utf8",
            "a client id that is not UTF-8",
            "closed: a malformed packet (MQTT 5.0, 1.5.4)",
            stage -> as(stage, Packet.bytes(utf8(own(stage)), Packet.raw(0xc3, 0x28)))),
        cast(
            "client-id.application",
            "the client id of the application that reads everything",
            OWN_ONLY,
            stage -> each(stage, stage.ground().applicationName())),
        cast(
            "client-id.application-as-device",
            "an application's certificate under a device's client id",
            OWN_ONLY,
            stage -> {
              Credential application = stage.ground().otherApplication();
              Sighting own =
                  Entering.opens(stage, application, application.identity().name());
              return own.accepted()
                  ? Entering.enter(stage, application, stage.victim().name())
                  : Verdict.unproven("not let in under its own name either: " + own);
            }));
  }

  /** With a client library: it reconnects, retries and stumbles in its own way. */
  private static Verdict takeOver(Stage stage, String clientId) throws Exception {
    Entering.control(stage);
    int before = stage.victimDisconnects();
    String mark = stage.forbiddenMark("publish");
    Sighting seen;
    try (IntruderClient client = stage.client(stage.intruder(), clientId)) {
      seen = client.connect();
    }
    Verdict verdict = stage.judge(seen, mark);
    return stage.victimDisconnects() == before
        ? verdict
        : Verdict.leak(verdict.saw() + ", and the victim LOST its connection");
  }

  private static Verdict each(Stage stage, String... clientIds) throws Exception {
    Verdict all = null;
    for (String clientId : clientIds) {
      Verdict verdict = as(stage, utf8(clientId));
      all = all == null ? verdict : all.and(verdict);
    }
    return all;
  }

  private static Verdict as(Stage stage, byte[] clientId) throws Exception {
    Entering.control(stage);
    return Entering.enter(stage, stage.intruder(), clientId);
  }

  private static Verdict suffixes(Stage stage) throws Exception {
    Spare device = stage.ground().manyIds();
    Sighting own = Entering.opens(stage, device.credential(), device.clientId() + ":1");
    if (!own.accepted()) {
      return Verdict.unproven("its own client id with a suffix was refused too: " + own);
    }
    Verdict all = Entering.enter(stage, device.credential(), stage.ground().longerName());
    for (String clientId : List.of(
        stage.ground().longerName() + ":1",
        device.clientId() + ":",
        device.clientId() + "/1",
        ":" + device.clientId())) {
      all = all.and(Entering.enter(stage, device.credential(), clientId));
    }
    return all;
  }

  private static String own(Stage stage) {
    return stage.intruderIdentity().name();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
