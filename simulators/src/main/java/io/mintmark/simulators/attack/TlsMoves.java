package io.mintmark.simulators.attack;

import static io.mintmark.simulators.attack.HostileMove.cast;
import static io.mintmark.simulators.attack.HostileMove.plain;

import io.mintmark.simulators.Site;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** To be spoken to by a TLS that protects less, or to become somebody else on the way. */
final class TlsMoves {

  private static final int HANDSHAKE = 0x16;
  private static final int ALERT = 0x15;

  /** Those of TLS 1.2 that both ports know, for an ECDSA certificate. */
  private static final byte[] GOOD_SUITES = Packet.raw(0xc0, 0x2b, 0xc0, 0x2c);

  /** Of versions before 1.2. */
  private static final byte[] OLD_SUITES =
      Packet.raw(0xc0, 0x09, 0xc0, 0x0a, 0x00, 0x2f, 0x00, 0x35, 0x00, 0x0a, 0x00, 0x05);

  /** No encryption, no authentication, export keys, RC4 and 3DES. */
  private static final byte[] WEAK_SUITES = Packet.raw(
      0xc0, 0x06, 0x00, 0x3b, 0x00, 0x02, 0xc0, 0x15, 0xc0, 0x18, 0x00, 0x34, 0x00, 0xa6, 0x00,
      0x03, 0x00, 0x08, 0xc0, 0x07, 0x00, 0x05, 0xc0, 0x08, 0x00, 0x0a);

  private static final int LOOK_MILLIS = 100;
  private static final int LOOKS = 60;

  private TlsMoves() {}

  static List<HostileMove> all() {
    return List.of(
        plain(
            "tls.old-version",
            "SSL 3.0, TLS 1.0 and TLS 1.1 at each port",
            "an alert, or closed (RFC 8996)",
            stage -> hello(stage, 0x0300, OLD_SUITES)
                .and(hello(stage, 0x0301, OLD_SUITES))
                .and(hello(stage, 0x0302, OLD_SUITES))),
        plain(
            "tls.weak-suites",
            "cipher suites without encryption or without authentication, and export ones",
            "an alert, or closed (RFC 9325, 4.1)",
            stage -> hello(stage, 0x0303, WEAK_SUITES)),
        plain(
            "tls.renegotiation",
            "a second handshake on a connection to the service, by TLS 1.2",
            "no renegotiation: an alert, or closed (RFC 9325, 3.5)",
            stage -> {
              URI service = stage.ground().target().service();
              return renegotiated(service.getHost(), service.getPort(), stage.tls(null));
            }),
        cast(
            "tls.renegotiation-broker",
            "a second handshake on a connection to the broker, by TLS 1.2",
            "no renegotiation: an alert, or closed (RFC 9325, 3.5)",
            stage -> {
              Site site = stage.ground().target();
              return renegotiated(
                  site.brokerHost(), site.brokerPort(), stage.tls(stage.intruder()));
            }));
  }

  /** What is open to strangers with TLS: name, host and port. */
  record Door(String name, String host, int port) {
    private static final int HTTPS = 443;

    private static Door of(String name, URI uri) {
      return new Door(name, uri.getHost(), uri.getPort() < 0 ? HTTPS : uri.getPort());
    }

    /** All that are known. */
    static List<Door> all(Ground ground) {
      List<Door> all = new ArrayList<>();
      all.add(new Door("broker", ground.target().brokerHost(), ground.target().brokerPort()));
      all.add(of("service", ground.target().service()));
      ground.target().operatorApi().ifPresent(uri -> all.add(of("operator API", uri)));
      ground.target().webSocket().ifPresent(uri -> all.add(of("WebSocket", uri)));
      return all;
    }
  }

  /** A ClientHello by hand: no JDK sends these any more. */
  private static Verdict hello(Stage stage, int version, byte[] suites) throws IOException {
    Verdict all = null;
    for (Door door : Door.all(stage.ground())) {
      int good = answer(door, 0x0303, GOOD_SUITES);
      Verdict one = good == HANDSHAKE
          ? refused(door, answer(door, version, suites))
          : Verdict.unproven(door.name + " did not take what it should: " + words(good));
      all = all == null ? one : all.and(one);
    }
    return all;
  }

  private static Verdict refused(Door door, int answer) {
    String saw = door.name + ": " + words(answer);
    return switch (answer) {
      case ALERT, -1 -> Verdict.held(saw);
      case HANDSHAKE -> Verdict.leak(saw);
      default -> Verdict.unproven(saw);
    };
  }

  private static String words(int answer) {
    return switch (answer) {
      case ALERT -> "an alert";
      case HANDSHAKE -> "a ServerHello";
      case -1 -> "closed";
      default -> "no answer";
    };
  }

  /** The type of the record that comes (RFC 8446, section 5.1); -1 for the end, 0 for none. */
  private static int answer(Door door, int version, byte[] suites) throws IOException {
    byte[] extensions = Packet.bytes(
        // supported_groups: P-256; ec_point_formats; signature_algorithms: ECDSA and RSA.
        Packet.raw(0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17),
        Packet.raw(0x00, 0x0b, 0x00, 0x02, 0x01, 0x00),
        Packet.raw(0x00, 0x0d, 0x00, 0x08, 0x00, 0x06, 0x04, 0x03, 0x02, 0x03, 0x04, 0x01));
    byte[] body = Packet.bytes(
        Packet.two(version),
        new byte[32],
        Packet.raw(0),
        Packet.text(suites),
        Packet.raw(1, 0),
        version == 0x0300 ? new byte[0] : Packet.text(extensions));
    byte[] message = Packet.bytes(Packet.raw(1, 0), Packet.text(body));
    try (Wire wire = Wire.plain(door.host, door.port)) {
      wire.send(Packet.raw(HANDSHAKE, 0x03, Math.min(version & 0xff, 1)), Packet.text(message));
      return wire.in().read();
    } catch (SocketTimeoutException e) {
      return 0;
    } catch (java.net.SocketException e) {
      return -1;
    }
  }

  private static Verdict renegotiated(String host, int port, SSLContext tls) throws IOException {
    try (Wire wire = Wire.tls(host, port, tls, "TLSv1.2")) {
      SSLSocket socket = (SSLSocket) wire.socket();
      AtomicBoolean done = new AtomicBoolean();
      socket.addHandshakeCompletedListener(event -> done.set(true));
      try {
        // A second one is only begun here, and goes on with what is read.
        socket.startHandshake();
        socket.setSoTimeout(LOOK_MILLIS);
        for (int i = 0; i < LOOKS && !done.get(); i++) {
          if (isOver(wire)) {
            return Verdict.held("closed");
          }
        }
      } catch (IOException e) {
        // This side would have gone on: the first handshake was good, and it asked for the second.
        return Verdict.held("no second handshake: " + e.getMessage());
      }
      return done.get()
          ? Verdict.leak("a second handshake")
          : Verdict.unproven("no answer to a second ClientHello");
    }
  }

  private static boolean isOver(Wire wire) throws IOException {
    try {
      return wire.in().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
