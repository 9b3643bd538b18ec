package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ordinary life of a device, and what it is told it may not do, against a real broker. */
class DeviceClientIT {

  @TempDir
  static Path folder;

  static Devices devices;
  static TestApplication application;

  final Events events = new Events();

  @BeforeAll
  static void startAll() throws Exception {
    devices = new Devices(folder, false);
    application = devices.application();
  }

  @AfterAll
  static void stopAll() throws Exception {
    application.close();
    devices.close();
  }

  private static void refused(CompletableFuture<Void> future, String what) {
    assertThatThrownBy(future::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.reasonCode()).hasValue(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED))
        .hasMessageContaining(what);
  }

  @Test
  void enrolsConnectsAndSpeaks() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    try (DeviceClient client = devices.device("d-1", events).build()) {
      CompletableFuture<Void> granted =
          client.subscribe("commands/d-1/#", 1, m -> commands.add(m.topic() + "=" + m.text()));
      client.start();
      granted.get();
      assertThat(client.isConnected()).isTrue();
      assertThat(client.identity().spiffeId())
          .isEqualTo("spiffe://example.org/fleet/sensors/device/d-1");
      client.publish("telemetry/d-1/a", "zero".getBytes(UTF_8), 0).get();
      client.publish("telemetry/d-1/a", "one".getBytes(UTF_8), 1).get();
      application.command("d-1", "reboot");
      await().untilAsserted(() -> {
        assertThat(commands).containsExactly("commands/d-1/do=reboot");
        assertThat(application.texts()).contains("zero", "one");
      });
    }
    assertThat(events.names).containsExactly("enrolled", "connected");
    assertThat(events.sessions).containsExactly(false);
  }

  @Test
  void startsAgainWithWhatIsStoredAndFindsItsSession() throws Exception {
    try (DeviceClient client = devices.device("d-2", events).build()) {
      CompletableFuture<Void> granted = client.subscribe("commands/d-2/#", 1, m -> {});
      client.start();
      granted.get();
    }
    application.command("d-2", "while you were away");
    int requests = devices.est.requests.size();

    List<String> commands = new CopyOnWriteArrayList<>();
    try (DeviceClient client = devices.device("d-2", events).build()) {
      CompletableFuture<Void> granted =
          client.subscribe("commands/d-2/#", 1, m -> commands.add(m.text()));
      client.start();
      granted.get();
      await().untilAsserted(() -> assertThat(commands).containsExactly("while you were away"));
    }
    assertThat(devices.est.requests).hasSize(requests);
    assertThat(events.names).containsExactly("enrolled", "connected", "connected");
    assertThat(events.sessions).containsExactly(false, true);
  }

  @Test
  void isToldWhatItMayNotPublish() throws Exception {
    try (DeviceClient client = devices.device("d-3", events).build()) {
      client.start();
      refused(
          client.publish("telemetry/d-1/a", "forged".getBytes(UTF_8), 1),
          "the broker did not take the message on telemetry/d-1/a: not authorized (0x87)");
      // HiveMQ ends the connection after such a message.
      client.publish("telemetry/d-3/a", "still here".getBytes(UTF_8), 1).get();
      await().untilAsserted(() -> assertThat(application.texts()).contains("still here"));
    }
    assertThat(application.texts()).doesNotContain("forged");
    assertThat(events.names)
        .containsExactly("enrolled", "connected", "disconnected", "retrying", "connected");
    assertThat(events.causes.get(0)).isInstanceOf(RefusedException.class);
  }

  @Test
  void isToldWhatItMayNotSubscribe() throws Exception {
    try (DeviceClient client = devices.device("d-4", events).build()) {
      CompletableFuture<Void> early = client.subscribe("commands/#", 1, m -> {});
      client.start();
      refused(early, "subscription to commands/#");
      refused(client.subscribe("#", 0, m -> {}), "subscription to #");
    }
    assertThat(events.count("subscriptionRefused")).isEqualTo(2);
  }

  @Test
  void isToldThatItMayNotConnect() throws Exception {
    devices.broker.denied.add("d-5");
    try (DeviceClient client = devices.device("d-5", events).build()) {
      assertThatThrownBy(client::start)
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.reasonCode()).hasValue(MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED))
          .hasMessageContaining("device is revoked");
      assertThat(client.isConnected()).isFalse();

      devices.broker.denied.remove("d-5");
      client.start();
      assertThat(client.isConnected()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isToldThatItsCertificateIsNotAccepted(boolean expired) throws Exception {
    // As if broker and device disagreed about the root, or about the time.
    TestPki issuer = expired ? devices.pki : new TestPki();
    Instant now = Instant.now();
    Credential stored = issuer
        .operational(
            "d-14",
            CertificateRequest.newKeyPair(),
            now.minusSeconds(600),
            expired ? now.minusSeconds(60) : now.plusSeconds(600))
        .credential();
    DeviceClientBuilder builder = devices
        .device("d-14", events)
        .clock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-2)));
    new CredentialStore(folder.resolve("d-14").resolve("credential.pem")).save(stored);
    try (DeviceClient client = builder.build()) {
      assertThatThrownBy(client::start)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("does not accept this device's certificate");
    }
    assertThat(devices.broker.serials("d-14")).isEmpty();
  }

  @Test
  void connectsToNobodyButTheHostItWasGiven() throws Exception {
    int before = devices.broker.connects.size();
    try (DeviceClient client =
        devices.device("d-6", events).broker("127.0.0.1", devices.broker.port()).build()) {
      assertThatThrownBy(client::start)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("not trusted or not for this host");
    }
    assertThat(devices.broker.connects).hasSize(before);
  }

  @Test
  void handlersMayFail() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    try (DeviceClient client = devices.device("d-7", events).build()) {
      CompletableFuture<Void> granted = client.subscribe("commands/d-7/#", 1, m -> {
        commands.add(m.text());
        throw new IllegalStateException("cannot " + m.text());
      });
      client.start();
      granted.get();
      application.command("d-7", "first");
      application.command("d-7", "second");
      await()
          .untilAsserted(() -> assertThat(events.failures)
              .extracting(Throwable::getMessage)
              .containsExactly("cannot first", "cannot second"));
    }
    assertThat(commands).containsExactly("first", "second");
  }

  @Test
  void handlersMayPublishAndWait() throws Exception {
    try (DeviceClient client = devices.device("d-8", events).build()) {
      CompletableFuture<Void> granted = client.subscribe(
          "commands/d-8/#",
          1,
          m -> client.publish("telemetry/d-8/reply", m.payload(), 1).get());
      client.start();
      granted.get();
      application.command("d-8", "echo");
      await()
          .untilAsserted(() -> assertThat(application.received)
              .contains(new TestApplication.Received("telemetry/d-8/reply", "echo")));
    }
  }

  @Test
  void waitsForTheConnectionInOrder() throws Exception {
    try (DeviceClient client =
        devices.device("d-9", events).buffer(OfflineBuffer.memory(3, 10_000)).build()) {
      CompletableFuture<Void> first = client.publish("telemetry/d-9/a", "1".getBytes(UTF_8), 1);
      CompletableFuture<Void> second = client.publish("telemetry/d-9/a", "2".getBytes(UTF_8), 0);
      CompletableFuture<Void> third = client.publish("telemetry/d-9/a", "3".getBytes(UTF_8), 1);
      assertThatThrownBy(
              () -> client.publish("telemetry/d-9/a", "4".getBytes(UTF_8), 1).get())
          .cause()
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("3 messages wait for the broker");
      client.start();
      CompletableFuture.allOf(first, second, third).get();
      await()
          .untilAsserted(() -> assertThat(application.received)
              .filteredOn(r -> r.topic().equals("telemetry/d-9/a"))
              .extracting(TestApplication.Received::text)
              // Brokers keep the order within a QoS.
              .containsExactlyInAnyOrder("1", "2", "3")
              .containsSubsequence("1", "3"));
    }
  }

  @Test
  void sendsAfterARestartWhatItStoredBefore() throws Exception {
    DeviceClientBuilder device =
        devices.device("d-20", events).buffer(OfflineBuffer.disk(1_000, 1 << 20));
    try (DeviceClient client = device.build()) {
      client.start();
      client.publish("telemetry/d-20/a", "first".getBytes(UTF_8), 1).get();
    }
    List<String> texts = new ArrayList<>(List.of("first"));
    try (DeviceClient offline = device.build()) {
      for (int i = 0; i < 300; i++) {
        texts.add("old " + i);
        assertThat(offline.publish("telemetry/d-20/a", ("old " + i).getBytes(UTF_8), 1))
            .isNotDone();
      }
      // Not its own topic: the broker refuses it, when nobody has the future any more, and ends the
      // connection.
      assertThat(offline.publish("telemetry/other/a", new byte[1], 1)).isNotDone();
    }
    try (DeviceClient client = device.build()) {
      assertThat(client.buffer().waiting()).isEqualTo(301);
      CompletableFuture<Void> last = client.publish("telemetry/d-20/a", "new".getBytes(UTF_8), 1);
      client.start();
      last.get();
      texts.add("new");
      await()
          .untilAsserted(() -> assertThat(application.received.stream()
                  .filter(r -> r.topic().equals("telemetry/d-20/a"))
                  .map(TestApplication.Received::text)
                  .distinct())
              .containsExactlyElementsOf(texts));
      await()
          .untilAsserted(
              () -> assertThat(client.buffer()).isEqualTo(new BufferState(0, 0, 0, 1, 0, 0)));
      await().until(() -> events.count("dropped") == 1);
      assertThat(events.causes)
          .anySatisfy(cause -> assertThat(cause)
              .isInstanceOf(RefusedException.class)
              .hasMessageContaining("did not take the message on telemetry/other/a"));
    }
  }

  @Test
  void doesNotSendWhatTheBrokerWouldNotTake() throws Exception {
    try (DeviceClient client = devices.device("d-10", events).build()) {
      client.start();
      byte[] tooLarge = new byte[TestBroker.LARGEST_PACKET];
      for (int qos : List.of(0, 1)) {
        assertThatThrownBy(
                () -> client.publish("telemetry/d-10/a", tooLarge, qos).get())
            .cause()
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("too large: the broker takes packets of 100000 bytes");
      }
      client.publish("telemetry/d-10/a", "small".getBytes(UTF_8), 1).get();
    }
  }

  @Test
  void sendsNoWillButWhenItBreaks() throws Exception {
    TestApplication.Received will = new TestApplication.Received("telemetry/d-11/will", "gone");
    DeviceClientBuilder builder =
        devices.device("d-11", events).will("telemetry/d-11/will", "gone".getBytes(UTF_8), 1);
    try (DeviceClient client = builder.build()) {
      client.start();
      client.renewNow().get();
      client.publish("telemetry/d-11/a", "after the renewal".getBytes(UTF_8), 1).get();
    }
    await().untilAsserted(() -> assertThat(application.texts()).contains("after the renewal"));
    assertThat(application.received).doesNotContain(will);

    try (DeviceClient client = builder.build()) {
      client.start();
      devices.broker.kick("d-11");
      await().untilAsserted(() -> assertThat(application.received).contains(will));
    }
    assertThat(events.count("disconnected")).isEqualTo(1);
  }

  @Test
  void twoConnectionsOfOneDeviceHaveClientIdsOfTheirOwn() throws Exception {
    try (DeviceClient client =
        devices.device("d-12", events).clientIdSuffix(":log").build()) {
      client.start();
      assertThat(devices.broker.serials("d-12:log")).hasSize(1);
    }
  }

  @Test
  void startsInTheBackgroundWhenItCan() throws Exception {
    devices.est.before = FakeEst.refuse(500, "not yet");
    try (DeviceClient client = devices.device("d-13", events).build()) {
      client.startInBackground();
      await().untilAsserted(() -> assertThat(events.names).contains("retrying"));
      CompletableFuture<Void> sent = client.publish("telemetry/d-13/a", "x".getBytes(UTF_8), 1);
      assertThat(sent).isNotDone();
      devices.est.before = FakeEst.NONE;
      sent.get();
      assertThat(client.isConnected()).isTrue();
    } finally {
      devices.est.before = FakeEst.NONE;
    }
  }
}
