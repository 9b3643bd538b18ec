package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Rate;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees and limits, on one broker with a WebSocket port and a page of metrics. */
class OperationIT {

  private static final int NOT_AUTHORIZED = 0x87;
  private static final int CONNECTION_RATE_EXCEEDED = 0x9F;

  /** One line of the text format: a comment, or a name, its labels and a figure. */
  private static final Pattern LINE = Pattern.compile("# (?:HELP|TYPE) [a-z_][a-z0-9_]* .+|"
      + "[a-z_][a-zA-Z0-9_]*(?:\\{[a-z]+=\"[^\"\\\\]+\"(?:,[a-z]+=\"[^\"\\\\]+\")*})?"
      + " -?[0-9.]+(?:E-?[0-9]+)?");

  @TempDir
  static Path folder;

  static World world;

  @BeforeAll
  static void start() throws Exception {
    world = new World(folder);
    world.broker = MintmarkBroker.start(BrokerConfig.of(folder, world.feed.uri())
        .websocketPort(0)
        .metrics("127.0.0.1", 0)
        .limits(new BrokerLimits(
            new ConnectRates(Rate.UNLIMITED, Rate.parse("1/h burst 6")), 20, 2048, 5, 1 << 20))
        .build());
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  @Test
  void theSameRulesHoldOverWebSocket() throws Exception {
    Credential d1 = device("d1");
    try (Peer watcher = world.application("watcher");
        Peer device = overWebSocket(d1, "d1")) {
      assertThat(watcher.subscribe("telemetry/#")).isEqualTo(1);
      assertThat(device.publish("telemetry/sensors/d1/t", "21")).isZero();
      await().until(() -> watcher.received().contains("telemetry/sensors/d1/t 21"));
      assertThat(device.subscribe("commands/sensors/d2/#")).isEqualTo(NOT_AUTHORIZED);
      refused(() -> overWebSocket(device("d2"), "d1"), 0x85);

      world.feed.deny(TestPki.deviceId("sensors", "d1"), "revoked");
      assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST);
      refused(() -> overWebSocket(d1, "d1"), NOT_AUTHORIZED);
    }
    HeldCertificate stranger = HeldCertificate.builder()
        .commonName("d3")
        .uri(TestPki.deviceId("sensors", "d3"))
        .purposes(KeyPurposeId.id_kp_clientAuth)
        .build();
    for (Credential none : new Credential[] {null, stranger.credential()}) {
      assertThatThrownBy(() -> overWebSocket(none, "d3").close())
          .isInstanceOf(MqttException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void aFrameIsNoLongerThanItsPacketMayBe() throws Exception {
    SSLSocketFactory sockets = device("frames").tlsContext(world.pki.anchors()).getSocketFactory();
    try (Socket socket =
        sockets.createSocket("localhost", world.broker.websocketPort().getAsInt())) {
      // Less than HiveMQ waits for a CONNECT.
      socket.setSoTimeout(9_000);
      socket.getOutputStream().write("""
          GET /mqtt HTTP/1.1
          Host: localhost
          Connection: Upgrade
          Upgrade: websocket
          Sec-WebSocket-Version: 13
          Sec-WebSocket-Protocol: mqtt
          Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

          """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[12];
      assertThat(socket.getInputStream().readNBytes(answer, 0, 12)).isEqualTo(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 101");
      // RFC 6455, section 5.2: binary, masked, and then a gigabyte that never comes.
      socket
          .getOutputStream()
          .write(new byte[] {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4});
      socket.getInputStream().readAllBytes();
    }
  }

  private interface Connecting {
    Peer connect() throws MqttException;
  }

  private static void refused(Connecting connecting, int code) {
    assertThatThrownBy(() -> connecting.connect().close())
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(code));
  }

  private static Peer overWebSocket(Credential credential, String clientId) throws MqttException {
    return Peer.connect(
        "wss://localhost:" + world.broker.websocketPort().getAsInt() + "/mqtt",
        credential,
        world.pki.anchors(),
        clientId,
        options -> {});
  }

  @Test
  void theMetricsFollowWhatHappens() throws Exception {
    String before = metrics();
    assertThat(before.lines()).isNotEmpty().allSatisfy(line -> assertThat(line).matches(LINE));
    assertThat(before)
        .contains("\nmintmark_connects_refused_total{reason=\"feed-stale\"} 0.0\n")
        .contains("\ncom_hivemq_messages_incoming_publish_count ");
    assertThat(figure(before, "mintmark_reports_waiting")).isNotNegative();
    assertThat(figure(before, "mintmark_feed_lag_seconds")).isBetween(0.0, 90.0);
    assertThat(figure(before, "mintmark_snapshot_age_seconds")).isBetween(0.0, 100.0);
    assertThat(figure(before, "mintmark_certificate_remaining_seconds")).isPositive();

    try (Peer device = world.device("sensors", "m1")) {
      refused(() -> world.connect(device("m2"), "m3"), 0x85);
      assertThatThrownBy(() -> world.connect(null, "m4").close()).isInstanceOf(MqttException.class);
      plainText();
      await().untilAsserted(() -> {
        String now = metrics();
        grown(before, now, 1, "mintmark_connects_admitted_total");
        grown(before, now, 1, "mintmark_connects_refused_total{reason=\"client-id\"}");
        grown(before, now, 2, "mintmark_handshakes_total{version=\"TLSv1.3\"}");
        grown(before, now, 1, "mintmark_handshakes_failed_total{reason=\"certificate\"}");
        grown(before, now, 1, "mintmark_handshakes_failed_total{reason=\"no-tls\"}");
        assertThat(figure(now, "mintmark_sessions_live")).isPositive();
      });
      world.feed.deny(TestPki.deviceId("sensors", "m1"), "revoked");
      assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST);
    }
    await().untilAsserted(() -> {
      String now = metrics();
      grown(before, now, 1, "mintmark_sessions_cut_total{reason=\"revoked-identity\"}");
      grown(before, now, 1, "mintmark_sessions_cut_delay_seconds_count");
      grown(before, now, 1, "mintmark_feed_sequence");
      assertThat(figure(now, "mintmark_sessions_cut_delay_seconds{quantile=\"0.99\"}"))
          .isBetween(0.0, 60.0);
    });
  }

  private static void plainText() throws IOException {
    try (Socket socket = new Socket("localhost", world.broker.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      socket.getInputStream().readAllBytes();
    }
  }

  private static String metrics() throws IOException {
    URI page = URI.create("http://127.0.0.1:" + world.broker.metricsPort().getAsInt() + "/metrics");
    try (InputStream in = page.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static double figure(String page, String name) {
    return page.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  private static void grown(String before, String now, int least, String name) {
    assertThat(figure(now, name) - figure(before, name)).as(name).isGreaterThanOrEqualTo(least);
  }

  @Test
  void aCertificateThatHammersIsRefused() throws Exception {
    Credential hasty = device("hasty");
    try (LogLines log = new LogLines()) {
      for (int i = 0; i < 6; i++) {
        world.connect(hasty, "hasty").close();
      }
      refused(() -> world.connect(hasty, "hasty"), CONNECTION_RATE_EXCEEDED);
      assertThat(log.lines())
          .anyMatch(l -> l.startsWith("INFO refused reason=device-rate device="
              + TestPki.deviceId("sensors", "hasty")
              + " serial="));
    }
    world.connect(device("hasty"), "hasty").close();
  }

  @Test
  void whatHiveMqRefusesIsLoggedToo() throws Exception {
    try (LogLines log = new LogLines()) {
      try (RawMqtt raw = raw("r1")) {
        assertThat(raw.connect5("r1")).isZero();
        raw.publish5("telemetry/sensors/r1", "x".repeat(2100));
        raw.awaitDisconnect();
      }
      try (RawMqtt raw = raw("r2")) {
        assertThat(raw.connect311("r2")).isZero();
        raw.publish("telemetry/sensors/r1", "forged");
        raw.awaitDisconnect();
      }
      refused(
          () -> world.connect(
              device("r3"),
              "r3",
              options -> options.setWill("telemetry/sensors/r1", new MqttMessage(new byte[] {1}))),
          NOT_AUTHORIZED);
      for (List<String> line : List.of(
          List.of("closed reason=packet-too-large", "r1"),
          List.of("closed reason=not-authorized", "r2"),
          List.of("refused reason=will", "r3"))) {
        String device = TestPki.deviceId("sensors", line.get(1));
        await()
            .until(() -> log.lines().stream()
                .anyMatch(
                    l -> l.startsWith("INFO " + line.get(0) + " device=" + device + " serial=")));
      }
    }
    assertThat(figure(metrics(), "mintmark_sessions_closed_total{reason=\"packet-too-large\"}"))
        .isPositive();
  }

  @Test
  void aFailedHandshakeIsLogged() {
    try (LogLines log = new LogLines()) {
      assertThatThrownBy(() -> world.connect(null, "anonymous").close())
          .isInstanceOf(MqttException.class);
      await()
          .until(() -> log.lines().stream()
              .anyMatch(l -> l.startsWith(
                  "INFO handshake failed reason=certificate address=127.0.0.1 detail=\"")));
    }
  }

  private static RawMqtt raw(String device) throws IOException {
    return new RawMqtt(world.broker.port(), device(device), world.pki.anchors());
  }

  private static Credential device(String device) {
    return world.pki.device("sensors", device).credential();
  }
}
