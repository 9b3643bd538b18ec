package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker while the provisioning service is away. */
class FeedOutageIT {

  private static final int NOT_AUTHORIZED = 0x87;
  private static final int SERVER_UNAVAILABLE = 0x88;
  private static final int SERVER_BUSY = 0x89;
  private static final int MAXIMUM_CONNECT_TIME = 0xa0;

  @TempDir
  Path folder;

  World world;

  @BeforeEach
  void start() throws Exception {
    world = new World(folder);
  }

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  @Test
  void theBrokerServesFromItsSnapshotUntilThatIsTooOld() throws Exception {
    world.feed.deny(TestPki.deviceId("sensors", "denied"), "revoked");
    world.startBroker();
    world.stopBroker();
    assertThat(folder.resolve("hivemq/conf/listener.p12")).doesNotExist();
    world.feed.stop();

    SettableClock clock = new SettableClock();
    long start = System.nanoTime();
    world.startBroker(clock, Duration.ofHours(1), Duration.ofHours(3));
    System.out.println(
        "started without the service in " + (System.nanoTime() - start) / 1_000_000 + " ms");
    refused(NOT_AUTHORIZED, device("denied"), "denied");
    Credential shortLived = shortLived("d2");
    try (Peer live = world.device("sensors", "d1");
        Peer ending = world.connect(shortLived, "d2");
        RawMqtt ending311 =
            new RawMqtt(world.broker.port(), shortLived("d4"), world.pki.anchors());
        LogLines log = new LogLines()) {
      assertThat(ending311.connect311("d4")).isZero();
      clock.advance(Duration.ofMinutes(30));
      assertThat(ending.disconnected())
          .succeedsWithin(Patience.LONGEST)
          .isEqualTo(MAXIMUM_CONNECT_TIME);
      assertThat(ending.lastWords()).isEqualTo("the certificate is not valid now");
      assertThat(ending311.isClosedByBroker()).isTrue();
      theLogSays(log, "INFO cut reason=expired device=" + TestPki.deviceId("sensors", "d2"));
      theLogSays(log, "INFO cut reason=expired device=" + TestPki.deviceId("sensors", "d4"));
      refused(NOT_AUTHORIZED, shortLived, "d2");
      assertThat(log.lines()).anyMatch(l -> l.startsWith("INFO refused reason=expired "));
      world.device("sensors", "d3").close();

      clock.advance(Duration.ofMinutes(31));
      refused(SERVER_UNAVAILABLE, device("d3"), "d3");
      assertThat(log.lines()).anyMatch(l -> l.startsWith("INFO refused reason=feed-stale "));
      assertThat(live.publish("telemetry/sensors/d1/t", "still here")).isNotEqualTo(NOT_AUTHORIZED);

      clock.advance(Duration.ofHours(2));
      assertThat(live.disconnected()).succeedsWithin(Patience.LONGEST).isEqualTo(SERVER_BUSY);
      theLogSays(log, "INFO cut reason=feed-lost device=" + TestPki.deviceId("sensors", "d1"));

      world.feed.start();
      await()
          .ignoreExceptions()
          .untilAsserted(() -> world.device("sensors", "d3").close());
    }
  }

  @Test
  void withoutASnapshotNobodyIsAdmittedBeforeTheFeedWasHeard() throws Exception {
    world.feed.stop();
    try (LogLines log = new LogLines()) {
      world.startBroker();
      assertThat(log.lines()).anyMatch(l -> l.startsWith("WARN sessions, queued and retained"));
      assertThat(folder.resolve("hivemq/data/persistence")).doesNotExist();
    }
    refused(SERVER_UNAVAILABLE, device("d1"), "d1");
    assertThat(Files.exists(folder.resolve("feed.json"))).isFalse();
    world.feed.start();
    await().ignoreExceptions().untilAsserted(() -> world.device("sensors", "d1").close());
    assertThat(Files.exists(folder.resolve("feed.json"))).isTrue();
  }

  @Test
  void whatChangedWhileTheBrokerWasDownHoldsWhenItIsBack() throws Exception {
    world.persistence = Persistence.FILE;
    world.startBroker();
    world.connect(device("away"), "away", AdmissionIT::keepSession).close();
    world.stopBroker();
    world.feed.deny(TestPki.deviceId("sensors", "away"), "revoked");
    try (LogLines log = new LogLines()) {
      world.startBroker();
      await().until(() -> log.lines().contains("DEBUG no session is stored for away any more"));
    }
  }

  /** HiveMQ checks it by the real time; the rest goes by the test's. */
  private Credential shortLived(String device) {
    Instant now = Instant.now();
    return world
        .pki
        .client(TestPki.deviceId("sensors", device))
        .validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofMinutes(10)))
        .build()
        .credential();
  }

  private static void theLogSays(LogLines log, String start) {
    await().until(() -> log.lines().stream().anyMatch(l -> l.startsWith(start)));
  }

  private Credential device(String device) {
    return world.pki.device("sensors", device).credential();
  }

  private void refused(int code, Credential credential, String clientId) {
    assertThatThrownBy(() -> world.connect(credential, clientId).close())
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(code));
  }
}
