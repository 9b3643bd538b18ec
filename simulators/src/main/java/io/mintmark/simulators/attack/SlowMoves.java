package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;
import static io.mintmark.simulators.attack.HostileMove.plain;

import io.mintmark.identity.DeviceId;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.Topics;
import io.mintmark.simulators.attack.Ground.Spare;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Many that begin and do not go on. What counts is that an honest one still gets in meanwhile. */
final class SlowMoves {

  private static final int SOCKETS = 200;

  /** More than the service answers at once (est.md, Limits). */
  private static final int REQUESTS = 60;

  private static final int TRICKLE_MILLIS = 1_000;

  /** A record of 512 bytes with the beginning of a ClientHello. */
  private static final byte[] HELLO =
      Packet.raw(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03);

  /** The beginning of a CONNECT of 1,000 bytes. */
  private static final byte[] LONG_CONNECT = Packet.raw(
      Packet.CONNECT,
      0xe8,
      0x07,
      0x00,
      0x04,
      'M',
      'Q',
      'T',
      'T',
      0x05,
      0x02,
      0x00,
      0x3c,
      0x00,
      0x03,
      0x00,
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a',
      'a');

  private static final Set<Need> NEEDS = Set.of(Need.CAST, Need.ALONE);

  private SlowMoves() {}

  static List<HostileMove> all() {
    return List.of(
        slow(
            "slow.handshake-broker",
            SOCKETS + " TLS handshakes at the broker, not gone on with",
            "an honest device connects meanwhile (CWE-400)",
            SlowMoves::handshakesAtTheBroker),
        slow(
            "slow.connect",
            REQUESTS + " connections to the broker, half a CONNECT on each",
            "an honest device connects meanwhile (MQTT 5.0, 3.1)",
            SlowMoves::connects),
        plain(
            "slow.handshake-trickle",
            "a TLS handshake at each port, a byte of it each second",
            "closed in time, however much comes (est.md, Limits; broker.md, Limits)",
            SlowMoves::trickledHandshakes),
        cast(
            "slow.connect-trickle",
            "a CONNECT to the broker, a byte of it each second",
            "closed in time, however much comes (broker.md, Limits)",
            SlowMoves::trickledConnect),
        stranger(
            "slow.handshake-service",
            SOCKETS + " TLS handshakes at the service, not gone on with",
            "somebody honest is answered meanwhile (est.md, Limits)",
            SlowMoves::handshakesAtTheService),
        stranger(
            "slow.headers",
            REQUESTS + " requests to the service whose headers do not end",
            "somebody honest is answered meanwhile (est.md, Limits)",
            stage ->
                requests(stage, "GET /.well-known/est/cacerts HTTP/1.1\r\nHost: x\r\nX-Slow: ")),
        slow(
            "slow.body",
            REQUESTS + " requests to the service whose bodies do not end",
            "an honest device is answered meanwhile (est.md, Limits)",
            stage -> requests(
                stage,
                "POST /.well-known/est/" + stage.victim().fleet()
                    + "/simpleenroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/pkcs10\r\n"
                    + "Content-Length: 2000\r\n\r\nMII")),
        new HostileMove(
            "slow.operators",
            REQUESTS + " requests without a token to the operator API that do not end",
            "an operator is answered meanwhile (est.md, Limits)",
            Set.of(Need.CAST, Need.API, Need.ALONE),
            stage -> operators(stage, "")),
        new HostileMove(
            "slow.operator-bodies",
            REQUESTS + " requests with a token to the operator API whose bodies do not end",
            "an operator is answered meanwhile (est.md, Limits)",
            Set.of(Need.CAST, Need.API, Need.ALONE),
            stage -> operators(stage, stage.ground().authorization() + "\r\n")));
  }

  private static HostileMove stranger(
      String id, String tries, String expected, HostileMove.Play play) {
    return new HostileMove(id, tries, expected, Set.of(Need.ALONE), play);
  }

  private static HostileMove slow(String id, String tries, String expected, HostileMove.Play play) {
    return new HostileMove(id, tries, expected, NEEDS, play);
  }

  /** How one connection begins. */
  private interface Beginning {
    Wire begin() throws IOException;
  }

  /** What somebody honest does meanwhile. */
  private interface Honest {
    String does() throws Exception;
  }

  /**
   * Begins many, then has somebody honest come.
   *
   * @param honest says null if it came through, or what it met
   */
  private static Verdict meanwhile(Stage stage, int many, Beginning beginning, Honest honest)
      throws Exception {
    List<Wire> open = new ArrayList<>();
    try {
      for (int i = 0; i < many; i++) {
        try {
          open.add(beginning.begin());
        } catch (IOException e) {
          // A door that does not open to them is no worse than one that does.
          break;
        }
      }
      if (open.isEmpty()) {
        return Verdict.unproven("not one of them could begin");
      }
      long start = System.nanoTime();
      String met = await(honest, stage.ground().patience());
      long millis = (System.nanoTime() - start) / 1_000_000;
      return met == null
          ? Verdict.held("somebody honest came through in " + millis + " ms beside " + open.size()
              + " of them")
          : Verdict.leak("somebody honest was SHUT OUT beside " + open.size() + " of them: " + met);
    } finally {
      open.forEach(Wire::close);
    }
  }

  /** Null if it came through in time. */
  private static String await(Honest honest, Duration patience) throws InterruptedException {
    CompletableFuture<String> met = CompletableFuture.supplyAsync(() -> {
      try {
        return Optional.ofNullable(honest.does()).orElse("");
      } catch (Exception e) {
        return e.toString();
      }
    });
    try {
      String words = met.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return words.isEmpty() ? null : words;
    } catch (TimeoutException e) {
      return "no answer in " + patience.toSeconds() + " s";
    } catch (ExecutionException e) {
      return e.toString();
    }
  }

  /** Each gets a byte a second, until all are closed or twice the patience is over. */
  private static Verdict trickled(Stage stage, Map<String, Wire> doors, byte[] bytes)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + 2 * stage.ground().patience().toNanos();
    Map<String, Wire> open = new LinkedHashMap<>(doors);
    try {
      for (int i = 0; !open.isEmpty() && System.nanoTime() < end; i++) {
        byte[] next = {bytes[i % bytes.length]};
        int share = TRICKLE_MILLIS / open.size();
        open.values().removeIf(wire -> !goesOn(wire, next, share));
      }
      return open.isEmpty()
          ? Verdict.held("closed: " + String.join(", ", doors.keySet()))
          : Verdict.leak("still OPEN after " + 2 * stage.ground().patience().toSeconds() + " s: "
              + String.join(", ", open.keySet()));
    } finally {
      doors.values().forEach(Wire::close);
    }
  }

  /** Whether it is open, some time after it was sent something. */
  private static boolean goesOn(Wire wire, byte[] next, int millis) {
    try {
      wire.send(next);
      wire.socket().setSoTimeout(millis);
      return wire.in().read() >= 0;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Verdict trickledHandshakes(Stage stage) throws Exception {
    Map<String, Wire> doors = new LinkedHashMap<>();
    try {
      for (TlsMoves.Door door : TlsMoves.Door.all(stage.ground())) {
        doors.put(door.name(), Wire.plain(door.host(), door.port()));
      }
      return trickled(stage, doors, HELLO);
    } finally {
      doors.values().forEach(Wire::close);
    }
  }

  private static Verdict trickledConnect(Stage stage) throws Exception {
    Site site = stage.ground().target();
    Wire wire = Wire.tls(site.brokerHost(), site.brokerPort(), stage.tls(stage.intruder()));
    return trickled(stage, Map.of("broker", wire), LONG_CONNECT);
  }

  private static Wire halfHello(String host, int port) throws IOException {
    Wire wire = Wire.plain(host, port);
    try {
      wire.send(HELLO);
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  private static Verdict handshakesAtTheBroker(Stage stage) throws Exception {
    Site site = stage.ground().target();
    Spare honest = stage.ground().spare();
    return meanwhile(
        stage,
        SOCKETS,
        () -> halfHello(site.brokerHost(), site.brokerPort()),
        () -> device(stage, honest));
  }

  private static Verdict connects(Stage stage) throws Exception {
    Site site = stage.ground().target();
    Spare honest = stage.ground().spare();
    return meanwhile(
        stage,
        REQUESTS,
        () -> {
          Wire wire = Wire.tls(site.brokerHost(), site.brokerPort(), stage.tls(stage.intruder()));
          wire.send(Packet.raw(Packet.CONNECT, 0x40, 0x00, 0x04, 'M', 'Q'));
          return wire;
        },
        () -> device(stage, honest));
  }

  private static Verdict handshakesAtTheService(Stage stage) throws Exception {
    Site site = stage.ground().target();
    return meanwhile(
        stage,
        SOCKETS,
        () -> halfHello(site.service().getHost(), site.service().getPort()),
        () -> answer(stage));
  }

  private static Verdict requests(Stage stage, String beginning) throws Exception {
    HttpWire service = stage.ground().service(stage.intruderBootstrap());
    return meanwhile(stage, REQUESTS, () -> begun(service, beginning), () -> answer(stage));
  }

  private static Verdict operators(Stage stage, String authorization) throws Exception {
    Ground ground = stage.ground();
    String beginning = "PUT /api/v1/fleets HTTP/1.1\r\nHost: x\r\n" + authorization
        + "Content-Type: application/yaml\r\nContent-Length: 2000\r\n\r\nfleet: ";
    return meanwhile(stage, REQUESTS, () -> begun(ground.api(), beginning), () -> {
      HttpAnswer answer = ground.api().get("/api/v1/service", ground.authorization());
      return answer.status() == 200 ? null : answer.toString();
    });
  }

  private static Wire begun(HttpWire http, String beginning) throws IOException {
    Wire wire = http.open();
    try {
      wire.send(Packet.utf8(beginning));
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  private static String device(Stage stage, Spare honest) throws InterruptedException {
    String mark = stage.mark("honest");
    try (MqttWire wire = stage.mqtt(honest.credential())) {
      Sighting seen = wire.connect(Packet.connect(honest.clientId()));
      if (seen.accepted()) {
        seen = wire.publish(Packet.publish(Topics.telemetry(honest.identity(), "t"), mark));
      }
      return seen.accepted() && stage.delivered(mark) ? null : seen.toString();
    } catch (IOException e) {
      return Sighting.of(e).toString();
    }
  }

  /** A device's first certificate; where there is no device, what everybody may ask for. */
  private static String answer(Stage stage) throws IOException {
    if (!stage.ground().hasCast()) {
      HttpAnswer answer = stage.ground().service(null).get("/.well-known/est/cacerts");
      return answer.status() == 200 ? null : answer.toString();
    }
    DeviceId id = stage.ground().nextSpare();
    HttpAnswer answer = Est.ask(
        stage,
        stage.ground().bootstrap(id),
        stage.victim().fleet(),
        Est.ENROL,
        Est.first(id.value()));
    return answer.status() == 200 ? null : answer.toString();
  }
}
