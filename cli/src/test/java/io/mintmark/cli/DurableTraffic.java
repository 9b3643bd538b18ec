package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * What must outlive a broker that is killed: messages it has acknowledged for an application that is
 * away, messages a device has not acknowledged yet, a retained message, subscriptions.
 */
final class DurableTraffic {

  private static final long PATIENCE_MILLIS = 20_000;

  /** HiveMQ keeps 1,000 for a client that is away, and drops what comes after. */
  private static final int MOST = 900;

  /** HiveMQ takes ten; Paho lets go of one a moment after it has told of it. */
  private static final int IN_FLIGHT = 8;

  private static final List<String> COMMANDS = List.of("one", "two", "three");

  private final Credential application;
  private final Credential device;
  private final Collection<X509Certificate> trust;
  private final Random random;
  private final String telemetry;
  private final String commands;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private int round;

  DurableTraffic(
      Credential application,
      Credential device,
      Collection<X509Certificate> trust,
      String fleet,
      Random random) {
    this.application = application;
    this.device = device;
    this.trust = trust;
    this.random = random;
    this.telemetry = "telemetry/" + fleet + "/" + device.identity().name();
    this.commands = "commands/" + fleet + "/" + device.identity().name();
  }

  /** Leaves a broker with work to do, has it killed in the middle of it, and returns what it took. */
  int cutOff(int port, Killing killing) throws Exception {
    round++;
    acknowledged.clear();
    Client sender = new Client(port, device, false);
    sender.subscribe(commands + "/#");
    Client collector = new Client(port, application, true);
    collector.subscribe("telemetry/#");
    for (String command : COMMANDS) {
      collector.publish(commands + "/" + round, command, 1, false);
    }
    // In flight; HiveMQ sends the others after it is acknowledged.
    sender.awaitReceived(1);
    collector.paho.disconnect().waitForCompletion(PATIENCE_MILLIS);
    collector.paho.close();
    sender.publish(telemetry + "/state", "state " + round, 1, true);

    int killAt = 50 + random.nextInt(500);
    Thread load = new Thread(() -> load(sender), "durable-load");
    load.start();
    await("acknowledgements")
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> acknowledged.size() >= killAt);
    killing.kill();
    load.join();
    sender.paho.close(true);
    return acknowledged.size();
  }

  /** Every other one with QoS 2. */
  private void load(Client sender) {
    Semaphore window = new Semaphore(IN_FLIGHT);
    try {
      for (int i = 0; i < MOST && window.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS); i++) {
        int qos = 1 + i % 2;
        String payload = round + "-" + i + " qos " + qos;
        MqttMessage message = new MqttMessage(payload.getBytes(StandardCharsets.UTF_8));
        message.setQos(qos);
        sender.paho.publish(telemetry + "/t", message, null, new MqttActionListener() {
          @Override
          public void onSuccess(IMqttToken token) {
            acknowledged.add(payload);
            window.release();
          }

          @Override
          public void onFailure(IMqttToken token, Throwable fault) {
            window.release();
          }
        });
      }
    } catch (MqttException e) {
      // The broker is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** To be called when the broker is back: nothing is lost that it had taken. */
  void requireAll(int port) throws Exception {
    Client collector = new Client(port, application, true);
    assertThat(collector.sessionPresent).isTrue();
    await("all that was acknowledged")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(collector.payloads()).containsAll(acknowledged));
    assertThat(collector.payloads().stream().filter(p -> p.endsWith("qos 2")))
        .doesNotHaveDuplicates();

    Client receiver = new Client(port, device, true);
    assertThat(receiver.sessionPresent).isTrue();
    receiver.awaitReceived(COMMANDS.size());
    assertThat(receiver.payloads()).containsExactlyElementsOf(COMMANDS);

    // Without subscribing again.
    receiver.publish(telemetry + "/t", "after " + round, 1, false);
    collector.publish(commands + "/" + round, "after " + round, 1, false);
    await().until(() -> collector.payloads().contains("after " + round));
    await().until(() -> receiver.payloads().contains("after " + round));
    collector.subscribe("telemetry/#");
    await().until(() -> collector.retained().contains("state " + round));
    collector.paho.disconnect().waitForCompletion(PATIENCE_MILLIS);
    receiver.paho.disconnect().waitForCompletion(PATIENCE_MILLIS);
    collector.paho.close();
    receiver.paho.close();
  }

  /** Ends the broker. */
  @FunctionalInterface
  interface Killing {
    void kill() throws Exception;
  }

  /** Plain Paho with a session that stays. */
  private final class Client implements MqttCallback {

    final MqttAsyncClient paho;
    final boolean sessionPresent;
    private final List<MqttMessage> received = new CopyOnWriteArrayList<>();

    Client(int port, Credential credential, boolean acknowledges) throws MqttException {
      paho = new MqttAsyncClient(
          "ssl://localhost:" + port, credential.identity().name(), new MemoryPersistence());
      paho.setCallback(this);
      paho.setManualAcks(!acknowledges);
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setCleanStart(false);
      options.setSessionExpiryInterval(3_600L);
      options.setAutomaticReconnect(false);
      options.setSocketFactory(credential.tlsContext(trust).getSocketFactory());
      IMqttToken connected = paho.connect(options);
      connected.waitForCompletion(PATIENCE_MILLIS);
      sessionPresent = connected.getSessionPresent();
    }

    void subscribe(String filter) throws MqttException {
      paho.subscribe(filter, 2).waitForCompletion(PATIENCE_MILLIS);
    }

    void publish(String topic, String payload, int qos, boolean retained) throws MqttException {
      paho.publish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, retained)
          .waitForCompletion(PATIENCE_MILLIS);
    }

    List<String> payloads() {
      return received.stream().map(Client::text).toList();
    }

    List<String> retained() {
      return received.stream().filter(MqttMessage::isRetained).map(Client::text).toList();
    }

    private static String text(MqttMessage message) {
      return new String(message.getPayload(), StandardCharsets.UTF_8);
    }

    void awaitReceived(int messages) {
      await().until(() -> received.size() >= messages);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      received.add(message);
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException fault) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
