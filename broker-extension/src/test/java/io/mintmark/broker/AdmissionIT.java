package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.Patience;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.management.ObjectName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who gets in and what they may do, on a real HiveMQ over real TLS. A watcher may read everything:
 * what was refused must not have reached it either.
 */
class AdmissionIT {

  private static final int NOT_AUTHORIZED = 0x87;
  private static final int CLIENT_ID_NOT_VALID = 0x85;
  private static final int BAD_AUTHENTICATION_METHOD = 0x8C;

  @TempDir
  static Path folder;

  static World world;
  static Peer watcher;
  static Peer marker;

  LogLines log;

  @BeforeAll
  static void start() throws Exception {
    world = new World(folder).startBroker();
    watcher = world.application("watcher");
    assertThat(watcher.subscribe("#")).isEqualTo(1);
    marker = world.device("sensors", "marker");
  }

  @AfterAll
  static void stop() throws Exception {
    marker.close();
    watcher.close();
    world.close();
  }

  @BeforeEach
  void listen() throws MqttException {
    // What was published before has reached the watcher when this has.
    marker.publish("telemetry/sensors/marker", "begin");
    await().until(() -> watcher.received().contains("telemetry/sensors/marker begin"));
    watcher.received().clear();
    log = new LogLines();
  }

  @AfterEach
  void stopListening() {
    log.close();
  }

  @Test
  void aDeviceAndAnApplicationTalk() throws Exception {
    try (Peer device = world.device("sensors", "d1");
        Peer application = world.application("dashboard")) {
      assertThat(application.subscribe("telemetry/#")).isEqualTo(1);
      assertThat(device.subscribe("commands/sensors/d1/#")).isEqualTo(1);
      assertThat(device.publish("telemetry/sensors/d1/t", "21")).isZero();
      await().until(() -> application.received().contains("telemetry/sensors/d1/t 21"));
      assertThat(application.publish("commands/sensors/d1/reboot", "now")).isZero();
      await().until(() -> device.received().contains("commands/sensors/d1/reboot now"));
    }
  }

  @Test
  void aPublishToAForeignTopicIsRefused() throws Exception {
    try (Peer device = world.device("sensors", "d2")) {
      assertThat(device.publish("telemetry/sensors/d1/t", "forged")).isEqualTo(NOT_AUTHORIZED);
      // HiveMQ ends the connection after a refused PUBLISH.
      assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST);
    }
    try (Peer device = world.device("sensors", "d2")) {
      device.publishUnacknowledged("telemetry/sensors/d1/t", "forged");
      assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST);
    }
    nothingWasDelivered();
  }

  @Test
  void aSubscriptionBeyondTheGrantIsRefused() throws Exception {
    try (Peer device = world.device("sensors", "d3");
        Peer application = world.application("dashboard")) {
      for (String filter : List.of(
          "#",
          "+/#",
          "commands/#",
          "commands/sensors/+/#",
          "commands/sensors/d1/#",
          "commands/pumps/d3/#",
          "$share/group/commands/sensors/d1/#",
          "telemetry/sensors/d3/#")) {
        assertThat(device.subscribe(filter)).as(filter).isEqualTo(NOT_AUTHORIZED);
      }
      assertThat(device.subscribe("commands/sensors/d3/last/#")).isEqualTo(1);
      application.publish("commands/sensors/d1/secret", "for d1");
      application.publish("commands/sensors/d3/last", "for d3");
      await().until(() -> !device.received().isEmpty());
      assertThat(device.received()).containsExactly("commands/sensors/d3/last for d3");
    }
  }

  @Test
  void aWillOnAForeignTopicIsRefused() throws Exception {
    refused(NOT_AUTHORIZED, device("d4"), "d4", o -> will(o, "telemetry/sensors/d1/gone"));
    theLogSays("reason=will device=" + TestPki.deviceId("sensors", "d4"));
    nothingWasDelivered();
    try (Peer device =
        world.connect(device("d4"), "d4", o -> will(o, "telemetry/sensors/d4/gone"))) {
      device.kill();
    }
    await().until(() -> watcher.received().contains("telemetry/sensors/d4/gone will"));
  }

  private static void will(MqttConnectionOptions options, String topic) {
    options.setWill(topic, new MqttMessage("will".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aForeignClientIdIsRefused() throws Exception {
    refused(CLIENT_ID_NOT_VALID, device("d5"), "d1");
    refused(CLIENT_ID_NOT_VALID, device("d5"), "d5:1");
    refused(CLIENT_ID_NOT_VALID, device("d5"), "");
    refused(CLIENT_ID_NOT_VALID, world.pki.application("dashboard").credential(), "d5");
    theLogSays("reason=client-id device=spiffe://example.org/fleet/sensors/device/d5");
  }

  @Test
  void aFleetMayAllowSeveralConnectionsOfADevice() throws Exception {
    TopicGrants grants = new TopicGrants(List.of("telemetry/${device}"), List.of());
    world.feed.fleet(new FleetPolicy("gateways", "${device}:*", grants, false));
    world.awaitFeedRead(log);
    try (Peer one = world.connect(device("gateways", "g1"), "g1:a");
        Peer two = world.connect(device("gateways", "g1"), "g1:b")) {
      assertThat(one.publish("telemetry/g1", "a")).isZero();
      assertThat(two.publish("telemetry/g1", "b")).isZero();
    }
    refused(CLIENT_ID_NOT_VALID, device("gateways", "g1"), "g1-a");
  }

  @Test
  void aDeviceNamedLikeAnApplicationCannotTakeItsSession() throws Exception {
    refused(CLIENT_ID_NOT_VALID, device("dashboard"), "dashboard");
    theLogSays("'dashboard' is the client id of an application");
  }

  @Test
  void withoutACertificateOfOurAuthorityTlsFails() throws Exception {
    String spiffeId = TestPki.deviceId("sensors", "d6");
    HeldCertificate otherRoot =
        HeldCertificate.builder().commonName("root").authority(1).build();
    HeldCertificate factory =
        HeldCertificate.builder().commonName("factory").authority(0).build();
    HeldCertificate.Builder named = HeldCertificate.builder()
        .commonName("d6")
        .uri(spiffeId)
        .purposes(KeyPurposeId.id_kp_clientAuth);
    tlsRefuses(null);
    tlsRefuses(named.build().credential());
    tlsRefuses(named.signedBy(otherRoot).build().credential());
    tlsRefuses(HeldCertificate.builder()
        .commonName("d6")
        .serialNumberAttribute("d6")
        .signedBy(factory)
        .build()
        .credential());
    Instant now = Instant.now();
    tlsRefuses(world
        .pki
        .client(spiffeId)
        .validity(now.minus(Duration.ofDays(2)), now.minus(Duration.ofSeconds(2)))
        .build()
        .credential());
    nothingWasDelivered();
  }

  @Test
  void aCertificateOfOursThatIsNoClientOfOursIsRefused() throws Exception {
    refused(
        NOT_AUTHORIZED,
        world.pki.client("spiffe://example.net/fleet/sensors/device/d7").build().credential(),
        "d7");
    theLogSays("reason=foreign-trust-domain");
    refused(NOT_AUTHORIZED, world.pki.broker("b1").credential(), "b1");
    theLogSays("reason=not-a-client");
    refused(
        NOT_AUTHORIZED,
        HeldCertificate.builder()
            .commonName("d7")
            .purposes(KeyPurposeId.id_kp_clientAuth)
            .signedBy(world.pki.issuing)
            .build()
            .credential(),
        "d7");
    theLogSays("reason=no-identity device=\"CN=d7\"");
    refused(NOT_AUTHORIZED, device("nosuch", "d7"), "d7");
    theLogSays("reason=unknown-fleet");
    refused(NOT_AUTHORIZED, world.pki.application("nosuch").credential(), "nosuch");
    theLogSays("reason=unknown-application");
  }

  @Test
  void aDeniedCertificateOrIdentityIsRefused() throws Exception {
    HeldCertificate stolen = world.pki.device("sensors", "d8");
    deny(Denial.ofSerial(
        stolen.certificate().getSerialNumber(),
        "superseded",
        stolen.certificate().getNotAfter().toInstant()));
    refused(NOT_AUTHORIZED, stolen.credential(), "d8");
    String serial = stolen.certificate().getSerialNumber().toString(16);
    theLogSays("reason=superseded device="
        + TestPki.deviceId("sensors", "d8")
        + " serial="
        + serial
        + " clientId=\"d8\" address=127.0.0.1 detail=\"superseded\"");
    world.device("sensors", "d8").close();

    Denial suspended = Denial.ofIdentity(
        io.mintmark.identity.Identity.parse(TestPki.deviceId("sensors", "d8")), "suspended");
    deny(suspended);
    refused(NOT_AUTHORIZED, device("d8"), "d8");
    theLogSays("reason=suspended device=");
    deny(suspended.lift());
    world.device("sensors", "d8").close();
  }

  private void deny(Denial denial) {
    log.lines().clear();
    world.feed.deny(denial);
    world.awaitFeedRead(log);
  }

  @Test
  void userNameAndPasswordAreNotLookedAt() throws Exception {
    world
        .connect(device("d9"), "d9", options -> {
          options.setUserName("admin");
          options.setPassword("admin".getBytes(StandardCharsets.UTF_8));
        })
        .close();
    refused(CLIENT_ID_NOT_VALID, device("d9"), "d1", options -> {
      options.setUserName("d1");
      options.setPassword("d1".getBytes(StandardCharsets.UTF_8));
    });
  }

  @Test
  void anotherAuthenticationMethodIsRefused() throws Exception {
    refused(BAD_AUTHENTICATION_METHOD, device("d10"), "d10", options -> {
      options.setAuthMethod("SCRAM-SHA-1");
      options.setAuthData(new byte[] {1});
    });
  }

  @Test
  void anMqtt3ClientIsAnsweredInItsOwnWords() throws Exception {
    int port = world.broker.port();
    try (RawMqtt foreign = new RawMqtt(port, device("d11"), world.pki.anchors())) {
      assertThat(foreign.connect311("d1")).as("identifier rejected").isEqualTo(2);
    }
    try (RawMqtt unknown = new RawMqtt(port, device("nosuch", "d11"), world.pki.anchors())) {
      assertThat(unknown.connect311("d11")).as("not authorised").isEqualTo(5);
    }
    try (RawMqtt device = new RawMqtt(port, device("d11"), world.pki.anchors())) {
      assertThat(device.connect311("d11")).isZero();
      device.publish("telemetry/sensors/d1/t", "forged");
      assertThat(device.isClosedByBroker()).isTrue();
    }
    nothingWasDelivered();
  }

  @Test
  void plainTextIsNoWayIn() throws Exception {
    try (Socket socket = new Socket("localhost", world.broker.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("\u0010\u0010\0\4MQTT\4\2\0\36\0\2d1".getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = socket.getInputStream().readAllBytes();
      assertThat(answer)
          .as("a TLS alert at most")
          .satisfiesAnyOf(
              bytes -> assertThat(bytes).isEmpty(),
              bytes -> assertThat(bytes[0]).isEqualTo((byte) 21));
    }
  }

  @Test
  void aSessionOutlivesTheCertificateItWasMadeWith() throws Exception {
    try (Peer device = world.connect(device("d12"), "d12", AdmissionIT::keepSession)) {
      assertThat(device.subscribe("commands/sensors/d12/#")).isEqualTo(1);
    }
    try (Peer application = world.application("dashboard")) {
      application.publish("commands/sensors/d12/update", "while you were away");
    }
    try (Peer device = world.connect(device("d12"), "d12", AdmissionIT::keepSession)) {
      await().until(() -> !device.received().isEmpty());
      assertThat(device.received())
          .containsExactly("commands/sensors/d12/update while you were away");
    }
  }

  @Test
  void connectionsThatEndHalfwayLeaveNothingBehind() throws Exception {
    long held = liveSessions();
    for (int i = 0; i < 30; i++) {
      // With a keep alive: HiveMQ may overlook the end of one that closes before its CONNACK.
      try (RawMqtt hasty = new RawMqtt(world.broker.port(), device("d14"), world.pki.anchors())) {
        hasty.sendConnect5("d14", 1);
      }
    }
    refused(NOT_AUTHORIZED, device("d14"), "d14", o -> will(o, "telemetry/sensors/d1/gone"));
    await().pollInterval(Duration.ofMillis(200)).until(() -> liveSessions() <= held);
  }

  /** How many the heap holds. */
  private static long liveSessions() throws Exception {
    String histogram = (String) ManagementFactory.getPlatformMBeanServer()
        .invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"),
            "gcClassHistogram",
            new Object[] {new String[0]},
            new String[] {String[].class.getName()});
    return histogram
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns.length > 3)
        .filter(columns -> columns[3].equals(LiveSession.class.getName()))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }

  static void keepSession(MqttConnectionOptions options) {
    options.setCleanStart(false);
    options.setSessionExpiryInterval(3600L);
  }

  @Test
  void whatIsLoggedIsPrintable() throws Exception {
    world.feed.deny(TestPki.deviceId("sensors", "d13"), "x\nINFO admitted");
    world.awaitFeedRead(log);
    refused(NOT_AUTHORIZED, device("d13"), "d13");
    theLogSays("detail=\"x\\u000aINFO admitted\"");
  }

  private static Credential device(String device) {
    return device("sensors", device);
  }

  private static Credential device(String fleet, String device) {
    return world.pki.device(fleet, device).credential();
  }

  private static void refused(int code, Credential credential, String clientId) {
    refused(code, credential, clientId, options -> {});
  }

  private static void refused(
      int code,
      Credential credential,
      String clientId,
      java.util.function.Consumer<MqttConnectionOptions> tweaks) {
    assertThatThrownBy(() -> world.connect(credential, clientId, tweaks).close())
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(code));
  }

  private static void tlsRefuses(Credential credential) {
    assertThatThrownBy(() -> world.connect(credential, "d6").close())
        .isInstanceOf(MqttException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  private void theLogSays(String text) {
    await()
        .until(() ->
            log.lines().stream().anyMatch(l -> l.startsWith("INFO refused ") && l.contains(text)));
  }

  /** Whatever came before the marker has come. */
  private static void nothingWasDelivered() throws MqttException {
    marker.publish("telemetry/sensors/marker", "end");
    await().until(() -> !watcher.received().isEmpty());
    assertThat(watcher.received()).containsExactly("telemetry/sensors/marker end");
  }
}
