package io.mintmark.device;

import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** An application behind the broker, on a client that is not ours. */
final class TestApplication implements AutoCloseable {

  /**
   * A message that arrived.
   *
   * @param topic where
   * @param text what
   */
  record Received(String topic, String text) {}

  private static final AtomicInteger COUNT = new AtomicInteger();

  final List<Received> received = new CopyOnWriteArrayList<>();
  private final Map<String, MqttMessage> last = new ConcurrentHashMap<>();
  private final MqttClient client;

  TestApplication(int port, Credential credential, Collection<X509Certificate> anchors)
      throws MqttException {
    // Paho's automatic reconnect may outlive its client: one name twice would mean a takeover.
    String id = "app-" + COUNT.incrementAndGet();
    client = new MqttClient("ssl://localhost:" + port, id, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(credential.tlsContext(anchors).getSocketFactory());
    options.setAutomaticReconnect(true);
    options.setCleanStart(false);
    options.setSessionExpiryInterval(600L);
    client.connect(options);
    client.subscribe(
        new MqttSubscription[] {new MqttSubscription("telemetry/#", 1)},
        new org.eclipse.paho.mqttv5.client.IMqttMessageListener[] {
          (topic, message) -> {
            last.put(topic, message);
            received.add(
                new Received(topic, new String(message.getPayload(), StandardCharsets.UTF_8)));
          }
        });
  }

  /** The last message on a topic, as soon as there is one, with all that came with it. */
  MqttMessage awaitOn(String topic) {
    await().atMost(Duration.ofSeconds(20)).until(() -> last.containsKey(topic));
    return last.get(topic);
  }

  void command(String device, String text) {
    send("commands/" + device + "/do", text, null);
  }

  /**
   * @param properties nullable
   */
  void send(String topic, String text, MqttProperties properties) {
    MqttMessage message =
        new MqttMessage(text.getBytes(StandardCharsets.UTF_8), 1, false, properties);
    // Paho reports a message as sent before it has room for another.
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .ignoreExceptionsMatching(e -> e instanceof MqttException full
            && full.getReasonCode() == MqttClientException.REASON_CODE_MAX_INFLIGHT)
        .until(() -> {
          client.publish(topic, message);
          return true;
        });
  }

  List<String> texts() {
    return received.stream().map(Received::text).toList();
  }

  @Override
  public void close() throws MqttException {
    client.disconnect();
    client.close();
  }
}
