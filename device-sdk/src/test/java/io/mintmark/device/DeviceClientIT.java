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
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
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

  private static void refused(CompletableFuture<?> future, String what) {
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

  private static MqttProperties asking(String responseTopic, String correlation) {
    MqttProperties properties = new MqttProperties();
    properties.setResponseTopic(responseTopic);
    properties.setCorrelationData(correlation.getBytes(UTF_8));
    properties.setUserProperties(
        List.of(new org.eclipse.paho.mqttv5.common.packet.UserProperty("by", "night")));
    return properties;
  }

  @Test
  void answersCommands() throws Exception {
    try (DeviceClient client = devices.device("d-15", events).build()) {
      CompletableFuture<Void> granted = client.reply("commands/d-15/+", 1, request -> {
        if (request.text().equals("fail")) {
          throw new IllegalStateException("as it may");
        }
        return Message.answer(
                request.text() + " by " + request.userProperty("by").orElseThrow())
            .withContentType("text/plain");
      });
      client.start();
      granted.get();
      application.send("commands/d-15/a", "sail", asking("telemetry/d-15/r-1", "c-1"));
      MqttMessage answer = application.awaitOn("telemetry/d-15/r-1");
      assertThat(new String(answer.getPayload(), UTF_8)).isEqualTo("sail by night");
      assertThat(new String(answer.getProperties().getCorrelationData(), UTF_8)).isEqualTo("c-1");
      assertThat(answer.getProperties().getContentType()).isEqualTo("text/plain");
      assertThat(answer.getProperties().getPayloadFormat()).isTrue();

      application.send("commands/d-15/a", "fail", asking("telemetry/d-15/r-2", "c-2"));
      assertThat(application.awaitOn("telemetry/d-15/r-2").getProperties().getUserProperties())
          .extracting(p -> p.getKey() + ": " + p.getValue())
          .containsExactly("mintmark-error: the device failed to handle the request");
      await().untilAsserted(() -> assertThat(events.failures).hasSize(1));

      // The broker ends the connection over a topic that is not granted: once.
      for (int i = 1; i <= 3; i++) {
        int count = i;
        application.send("commands/d-15/a", "leak", asking("telemetry/d-1/r", "c-3"));
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(() -> assertThat(events.names)
                .filteredOn(name -> name.equals("replyFailed"))
                .as("%s %s", events.names, events.causes)
                .hasSizeGreaterThanOrEqualTo(count));
      }
      application.send("commands/d-15/a", "sail", asking("telemetry/d-15/r-4", "c-4"));
      application.awaitOn("telemetry/d-15/r-4");
      assertThat(events.count("disconnected")).isEqualTo(1);
    }
  }

  @Test
  void asksAndIsAnswered() throws Exception {
    Duration patience = Duration.ofSeconds(30);
    try (DeviceClient client = devices
        .device("d-16", events)
        .responseTopic("commands/${device}/answers")
        .build()) {
      List<String> commands = new CopyOnWriteArrayList<>();
      CompletableFuture<Void> granted =
          client.subscribe("commands/d-16/#", 1, m -> commands.add(m.text()));
      CompletableFuture<Message> early = client.request("telemetry/d-16/a", new byte[0], patience);
      client.start();
      granted.get();
      MqttProperties asked = application.awaitOn("telemetry/d-16/a").getProperties();
      assertThat(asked.getResponseTopic()).isEqualTo("commands/d-16/answers");
      assertThat(asked.getMessageExpiryInterval()).isBetween(1L, 30L);
      MqttProperties answer = new MqttProperties();
      answer.setCorrelationData(asked.getCorrelationData());
      application.send(asked.getResponseTopic(), "yes", answer);
      assertThat(early.get().text()).isEqualTo("yes");

      application.send(asked.getResponseTopic(), "yes again", answer);
      application.command("d-16", "a command");
      await().atMost(patience).until(() -> client.lateAnswers() == 1 && commands.size() == 1);
      assertThat(commands).containsExactly("a command");
      refused(client.request("telemetry/d-1/a", new byte[0], patience), "telemetry/d-1/a");
    }
    try (DeviceClient client = devices.device("d-16", events).build()) {
      client.start();
      refused(
          client.request("telemetry/d-16/a", new byte[0], patience),
          "grant it to subscribe to commands/sensors/d-16/answers");
    }
  }

  @Test
  void unsubscribes() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    try (DeviceClient client = devices.device("d-17", events).build()) {
      CompletableFuture<Void> granted =
          client.subscribe("commands/d-17/#", 1, m -> commands.add(m.text()));
      client.start();
      granted.get();
      client.unsubscribe("commands/d-17/#").get();
      application.command("d-17", "unheard");
      client.subscribe("commands/d-17/do", 1, m -> commands.add(m.text())).get();
      application.command("d-17", "heard");
      await().atMost(Duration.ofSeconds(20)).until(() -> !commands.isEmpty());
    }
    assertThat(commands).containsExactly("heard");
    assertThat(events.unhandled).isEmpty();
  }

  @Test
  void saysAllOfAMessage() throws Exception {
    try (DeviceClient client = devices.device("d-18", events).build()) {
      client.start();
      client
          .publish(Message.of("telemetry/d-18/a", "{}")
              .withRetained(true)
              .withExpiry(Duration.ofHours(1))
              .withContentType("application/json")
              .withUserProperty("unit", "C"))
          .get();
      MqttProperties came = application.awaitOn("telemetry/d-18/a").getProperties();
      assertThat(came.getMessageExpiryInterval()).isBetween(3_500L, 3_600L);
      assertThat(came.getContentType()).isEqualTo("application/json");
      assertThat(came.getUserProperties()).hasSize(1);
    }
    try (TestApplication later = devices.application()) {
      assertThat(later.awaitOn("telemetry/d-18/a").isRetained()).isTrue();
    }
  }
}
