package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import io.mintmark.simulators.Topics;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The same tricks through MQTT over WebSocket, and some of its own. */
final class WebSocketMoves {

  private static final String SAME = "as on the port without WebSocket (broker.md, WebSocket)";

  /** After which nothing more is expected, ms: the others are asked meanwhile. */
  private static final int SILENCE = 500;

  private WebSocketMoves() {}

  static List<HostileMove> all() {
    return List.of(
        new HostileMove(
            "websocket.no-certificate",
            "no certificate, over WebSocket",
            "the handshake fails (broker.md, WebSocket)",
            Set.of(Need.WEBSOCKET),
            WebSocketMoves::anonymous),
        move(
            "websocket.stolen-client-id",
            "another device's client id, over WebSocket",
            "CONNACK 0x85, " + SAME,
            stage -> {
              control(stage);
              return Verdict.of(connect(stage, stage.intruder(), stage.victim().name()), null);
            }),
        move(
            "websocket.bootstrap",
            "a factory's certificate, over WebSocket",
            "the handshake fails, " + SAME,
            stage -> {
              control(stage);
              return Verdict.of(
                  connect(
                      stage, stage.intruderBootstrap(), stage.intruderIdentity().name()),
                  null);
            }),
        move(
            "websocket.foreign-publish",
            "to publish to another device's topic, over WebSocket",
            "PUBACK 0x87 and closed, " + SAME,
            stage -> {
              String mark = stage.forbiddenMark("publish");
              return inside(
                  stage,
                  wire -> stage.judge(
                      wire.publish(Packet.publish(Topics.telemetry(stage.victim(), "t"), mark)),
                      mark));
            }),
        move(
            "websocket.wildcard-subscribe",
            "to subscribe to #, over WebSocket",
            "SUBACK 0x87, " + SAME,
            stage -> inside(
                stage,
                wire -> Verdict.of(wire.subscribe(Packet.subscribe(Packet.utf8("#"))), null))),
        move(
            "websocket.path",
            "the upgrade at other paths: //mqtt, /mqtt/../, %2e, upper case",
            "no upgrade (RFC 6455, 4.2.2)",
            WebSocketMoves::paths),
        move(
            "websocket.text-frames",
            "MQTT in text frames",
            "closed (MQTT 5.0, 6)",
            stage -> framed(stage, WebSocketWire.TEXT, true)),
        move(
            "websocket.oversize-frame",
            "to announce a frame of 2 GiB",
            "closed at its header (RFC 6455, 10.4; broker.md, Limits)",
            stage -> {
              control(stage);
              return inside(stage, (wire, socket) -> {
                socket
                    .getOutputStream()
                    .write(Packet.bytes(
                        Packet.raw(WebSocketWire.BINARY, 0xff, 0, 0, 0, 0),
                        Packet.four(Integer.MAX_VALUE),
                        Packet.four(0)));
                return Verdict.of(wire.ends(stage.ground().patience()), null);
              });
            }),
        move(
            "websocket.unmasked",
            "frames without a mask",
            "closed (RFC 6455, 5.1)",
            stage -> framed(stage, WebSocketWire.BINARY, false)));
  }

  private static HostileMove move(String id, String tries, String expected, HostileMove.Play play) {
    return new HostileMove(id, tries, expected, Set.of(Need.CAST, Need.WEBSOCKET), play);
  }

  private static String path(Stage stage) {
    return stage.ground().webSocket().getPath();
  }

  private static Verdict anonymous(Stage stage) throws InterruptedException {
    String mark = stage.forbiddenMark("publish");
    return stage.judge(connect(stage, null, stage.victim().name()), mark);
  }

  private static Sighting connect(Stage stage, Credential credential, String clientId) {
    return opened(stage, credential, path(stage), WebSocketWire.BINARY, true, clientId);
  }

  private static Sighting opened(
      Stage stage, Credential credential, String path, int frame, boolean mask, String clientId) {
    try {
      WebSocketWire.Upgrade upgrade =
          WebSocketWire.open(stage.ground().webSocket(), stage.tls(credential), path, frame, mask);
      try (MqttWire wire = new MqttWire(upgrade.wire())) {
        return upgrade.agreed()
            ? wire.connect(Packet.connect(clientId))
            : Sighting.refused("no upgrade: " + upgrade.answer().status());
      }
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  /** What a move does that also sends what is no MQTT. */
  private interface Body {
    Verdict run(MqttWire wire, Socket socket) throws Exception;
  }

  private static Verdict inside(Stage stage, Entering.Body body) throws Exception {
    return inside(stage, (wire, socket) -> body.run(wire));
  }

  private static Verdict inside(Stage stage, Body body) throws Exception {
    WebSocketWire.Upgrade upgrade = WebSocketWire.open(
        stage.ground().webSocket(),
        stage.tls(stage.intruder()),
        path(stage),
        WebSocketWire.BINARY,
        true);
    try (MqttWire wire = new MqttWire(upgrade.wire())) {
      Sighting seen = wire.connect(Packet.connect(stage.intruderIdentity().name()));
      return seen.accepted()
          ? body.run(wire, upgrade.wire().socket())
          : Verdict.unproven("the intruder could not connect as itself: " + seen);
    }
  }

  private static void control(Stage stage) throws IOException {
    Sighting own = connect(stage, stage.intruder(), stage.intruderIdentity().name());
    if (!own.accepted()) {
      throw new IOException("the intruder could not connect as itself over WebSocket: " + own);
    }
  }

  /** A server may also say nothing at all: the upgrade on the right path is the control. */
  private static Verdict paths(Stage stage) throws IOException {
    control(stage);
    String own = path(stage);
    List<String> paths = List.of(
        "/",
        "/" + own,
        own + "/../",
        own + "/x",
        own.replace("/", "/%2e/"),
        own.toUpperCase(Locale.ROOT));
    List<Wire> asked = new ArrayList<>();
    try {
      for (String path : paths) {
        asked.add(WebSocketWire.ask(stage.ground().webSocket(), stage.tls(stage.intruder()), path));
      }
      Verdict all = null;
      for (Wire wire : asked) {
        Verdict one = upgraded(wire);
        all = all == null ? one : all.and(one);
      }
      return all;
    } finally {
      asked.forEach(Wire::close);
    }
  }

  private static Verdict upgraded(Wire wire) {
    try {
      wire.socket().setSoTimeout(SILENCE);
      HttpAnswer answer = HttpAnswer.head(wire.in());
      return answer.status() == 101
          ? Verdict.leak("an upgrade")
          : Verdict.held("no upgrade: " + answer.status());
    } catch (IOException e) {
      return Verdict.held("no upgrade");
    }
  }

  private static Verdict framed(Stage stage, int frame, boolean mask) throws IOException {
    control(stage);
    return Verdict.of(
        opened(
            stage,
            stage.intruder(),
            path(stage),
            frame,
            mask,
            stage.intruderIdentity().name()),
        null);
  }
}
