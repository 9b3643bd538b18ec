package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a denial does to sessions that are live, on their way in, or stored. */
class RevocationIT {

  private static final int ADMINISTRATIVE_ACTION = 0x98;
  private static final int NOT_AUTHORIZED = 0x87;

  @TempDir
  static Path folder;

  static World world;
  static Peer watcher;

  @BeforeAll
  static void start() throws Exception {
    world = new World(folder);
    world.feed.fleet(new FleetPolicy(
        "gateways",
        "${device}:*",
        new TopicGrants(List.of(), List.of("commands/${device}/#")),
        false));
    world.startBroker();
    watcher = world.application("watcher");
    watcher.subscribe("telemetry/#");
  }

  @AfterAll
  static void stop() throws Exception {
    watcher.close();
    world.close();
  }

  @Test
  void aRevokedDeviceIsCutAndStaysOut() throws Exception {
    List<Long> millis = new ArrayList<>();
    try (Peer other = world.device("sensors", "other")) {
      for (int i = 0; i < 10; i++) {
        String device = "revoked-" + i;
        try (Peer peer = world.connect(device(device), device, o -> will(o, device))) {
          assertThat(peer.publish("telemetry/sensors/" + device, "before")).isZero();
          long denied = System.nanoTime();
          world.feed.deny(TestPki.deviceId("sensors", device), "revoked");
          assertThat(peer.disconnected())
              .succeedsWithin(Patience.LONGEST)
              .isEqualTo(NOT_AUTHORIZED);
          assertThat(peer.lastWords()).isEqualTo("this identity was revoked");
          millis.add((System.nanoTime() - denied) / 1_000_000);
        }
      }
      refused(device("revoked-9"), "revoked-9");
      assertThat(other.isConnected()).isTrue();
    }
    Collections.sort(millis);
    System.out.println("revoked -> cut, as the client sees it: median "
        + millis.get(5)
        + " ms, most "
        + millis.get(9)
        + " ms");
    assertThat(watcher.received()).noneMatch(m -> m.endsWith(" will"));
  }

  private static void will(MqttConnectionOptions options, String device) {
    options.setWill(
        "telemetry/sensors/" + device, new MqttMessage("will".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theNewerSessionOfAReKeyedDeviceStays() throws Exception {
    HeldCertificate before = world.pki.device("sensors", "rekeyed");
    try (Peer old = world.connect(before.credential(), "rekeyed")) {
      try (Peer renewed = world.connect(device("rekeyed"), "rekeyed")) {
        world.feed.deny(Denial.ofSerial(
            before.certificate().getSerialNumber(),
            "superseded",
            before.certificate().getNotAfter().toInstant()));
        refused(before.credential(), "rekeyed");
        assertThat(old.disconnected()).succeedsWithin(Patience.LONGEST);
        assertThat(renewed.publish("telemetry/sensors/rekeyed", "still here")).isZero();
      }
    }
  }

  @Test
  void theRefusalOfAnOldCertificateDoesNotHideTheLiveSession() throws Exception {
    HeldCertificate stolen = world.pki.device("sensors", "cloned");
    world.feed.deny(Denial.ofSerial(
        stolen.certificate().getSerialNumber(),
        "superseded",
        stolen.certificate().getNotAfter().toInstant()));
    try (Peer good = world.connect(device("cloned"), "cloned")) {
      refused(stolen.credential(), "cloned");
      assertThat(good.isConnected()).isTrue();
      world.feed.deny(TestPki.deviceId("sensors", "cloned"), "revoked");
      assertThat(good.disconnected()).succeedsWithin(Patience.LONGEST);
    }
  }

  @Test
  void aSuspendedDeviceComesBackToItsSession() throws Exception {
    Denial suspended =
        Denial.ofIdentity(Identity.parse(TestPki.deviceId("sensors", "suspended")), "suspended");
    try (Peer device = world.connect(device("suspended"), "suspended", AdmissionIT::keepSession)) {
      device.subscribe("commands/sensors/suspended/#");
      world.feed.deny(suspended);
      assertThat(device.disconnected())
          .succeedsWithin(Patience.LONGEST)
          .isEqualTo(ADMINISTRATIVE_ACTION);
    }
    refused(device("suspended"), "suspended");
    world.feed.deny(suspended.lift());
    try (Peer device = admitted(device("suspended"), "suspended")) {
      assertThat(device.sessionWasPresent()).isTrue();
    }
  }

  @Test
  void theStoredSessionsOfARevokedDeviceEnd() throws Exception {
    Denial live = revocation("sensors", "live");
    Denial offline = revocation("sensors", "offline");
    Denial gateway = revocation("gateways", "gateway");
    Credential gatewayCredential = world.pki.device("gateways", "gateway").credential();
    world.connect(device("offline"), "offline", AdmissionIT::keepSession).close();
    world.connect(gatewayCredential, "gateway:1", AdmissionIT::keepSession).close();
    try (Peer device = world.connect(device("live"), "live", AdmissionIT::keepSession);
        LogLines log = new LogLines()) {
      world.feed.deny(offline);
      world.feed.deny(gateway);
      world.feed.deny(live);
      assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST);
      for (String clientId : List.of("live", "offline", "gateway:1")) {
        await()
            .until(() ->
                log.lines().contains("DEBUG no session is stored for " + clientId + " any more"));
      }
    }
    world.feed.deny(live.lift());
    world.feed.deny(offline.lift());
    world.feed.deny(gateway.lift());
    for (String device : List.of("live", "offline")) {
      try (Peer again = admitted(device(device), device)) {
        assertThat(again.sessionWasPresent()).as(device).isFalse();
      }
    }
    try (Peer again = admitted(gatewayCredential, "gateway:1")) {
      assertThat(again.sessionWasPresent()).isFalse();
    }
  }

  private static Denial revocation(String fleet, String device) {
    return Denial.ofIdentity(Identity.parse(TestPki.deviceId(fleet, device)), "revoked");
  }

  @Test
  void aFleetThatIsNoMoreTakesItsSessionsAlong() throws Exception {
    world.feed.fleet("shortlived", "telemetry/${device}", "commands/${device}");
    try (Peer device = admitted(world.pki.device("shortlived", "s1").credential(), "s1");
        LogLines log = new LogLines()) {
      world.feed.fleet(new FleetPolicy("shortlived", "${device}", TopicGrants.NONE, true));
      assertThat(device.disconnected()).succeedsWithin(Patience.LONGEST).isEqualTo(NOT_AUTHORIZED);
      await()
          .until(() -> log.lines().stream()
              .anyMatch(l -> l.startsWith(
                  "INFO cut reason=removed-fleet device=" + TestPki.deviceId("shortlived", "s1"))));
    }
    refused(world.pki.device("shortlived", "s1").credential(), "s1");
  }

  @Test
  void aDenialThatMeetsAConnectOnItsWayWins() throws Exception {
    int admitted = 0;
    for (int i = 0; i < 40; i++) {
      String device = "racing-" + i;
      try (RawMqtt raw = new RawMqtt(world.broker.port(), device(device), world.pki.anchors())) {
        raw.socket.startHandshake();
        CompletableFuture<Integer> connack = CompletableFuture.supplyAsync(() -> {
          try {
            return raw.connect5(device);
          } catch (IOException e) {
            return -1; // closed without a word
          }
        });
        // A little later each time, so that the two meet at every step of the CONNECT.
        long until = System.nanoTime() + i * 100_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        world.feed.deny(TestPki.deviceId("sensors", device), "revoked");
        if (connack.get() == 0) {
          admitted++;
          raw.awaitDisconnect();
        }
      }
    }
    System.out.println("of 40 that connected while they were revoked, cut: " + admitted);
  }

  @Test
  void aDeviceThatDoesNotReadIsSilencedAllTheSame() throws Exception {
    Credential credential = device("deaf");
    try (RawMqtt deaf = new RawMqtt(world.broker.port(), credential, world.pki.anchors());
        Peer application = world.application("dashboard");
        LogLines log = new LogLines()) {
      assertThat(deaf.connect5("deaf")).isZero();
      deaf.subscribe5("commands/sensors/deaf/#");
      // More than the sockets between us hold: HiveMQ's DISCONNECT will be stuck behind it.
      String flood = "x".repeat(200_000);
      for (int i = 0; i < 100; i++) {
        application.publish("commands/sensors/deaf/flood", flood);
      }
      deaf.publish5("telemetry/sensors/deaf", "before");
      await().until(() -> watcher.received().contains("telemetry/sensors/deaf before"));
      world.feed.deny(TestPki.deviceId("sensors", "deaf"), "revoked");
      await()
          .until(() -> log.lines().stream()
              .anyMatch(l -> l.startsWith("INFO cut ")
                  && l.contains(" device=" + TestPki.deviceId("sensors", "deaf") + " ")));
      deaf.publish5("telemetry/sensors/deaf", "after");
      try (Peer marker = world.device("sensors", "marker")) {
        marker.publish("telemetry/sensors/marker", "end");
      }
      await().until(() -> watcher.received().contains("telemetry/sensors/marker end"));
      assertThat(watcher.received()).doesNotContain("telemetry/sensors/deaf after");
    }
  }

  @Test
  void theServiceIsToldWhoComesAndHowHeGoes() throws Exception {
    HeldCertificate fought = world.pki.device("sensors", "told");
    try (Peer first = world.connect(fought.credential(), "told");
        Peer second = world.connect(fought.credential(), "told")) {
      assertThat(first.disconnected()).succeedsWithin(Patience.LONGEST);
      second.kill();
    }
    // Else the next might come before the broker has noticed that this one went.
    told(fought, "lost");
    world.connect(fought.credential(), "told").close();
    told(fought, "closed");
    try (Peer cut = world.connect(fought.credential(), "told")) {
      world.feed.deny(Denial.ofSerial(
          fought.certificate().getSerialNumber(),
          "superseded",
          fought.certificate().getNotAfter().toInstant()));
      assertThat(cut.disconnected()).succeedsWithin(Patience.LONGEST);
    }
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> world.connect(fought.credential(), "told").close())
          .isInstanceOf(MqttException.class);
    }
    String serial = fought.certificate().getSerialNumber().toString(16);
    await()
        .untilAsserted(() -> assertThat(world.feed.reported())
            .filteredOn(e -> e.serial().equals(serial))
            .allMatch(e -> e.clientId().equals("told")
                && e.address().equals("127.0.0.1")
                && e.identity().equals(TestPki.deviceId("sensors", "told")))
            .extracting(e -> e.kind() + " " + e.reason() + " " + e.bySerial() + " " + e.keepAlive())
            .containsExactly(
                "CONNECTED null null 60",
                "CONNECTED null null 60",
                "ENDED session-taken-over " + serial + " null",
                "ENDED lost null null",
                "CONNECTED null null 60",
                "ENDED closed null null",
                "CONNECTED null null 60",
                "ENDED superseded null null",
                "REFUSED superseded null null"));
  }

  private static void told(HeldCertificate of, String reason) {
    String serial = of.certificate().getSerialNumber().toString(16);
    await()
        .until(() -> world.feed.reported().stream()
            .anyMatch(e -> e.serial().equals(serial) && reason.equals(e.reason())));
  }

  private static Credential device(String device) {
    return world.pki.device("sensors", device).credential();
  }

  /** Refused, once the feed's last word has arrived. */
  private static void refused(Credential credential, String clientId) {
    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThatThrownBy(
                () -> world.connect(credential, clientId).close())
            .isInstanceOfSatisfying(
                MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(NOT_AUTHORIZED)));
  }

  /** Admitted, once the feed's last word has arrived. */
  private static Peer admitted(Credential credential, String clientId) {
    return await()
        .ignoreExceptions()
        .until(
            () -> world.connect(credential, clientId, AdmissionIT::keepSession), Peer::isConnected);
  }
}
