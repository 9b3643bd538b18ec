package io.mintmark.device;

import io.mintmark.identity.Credential;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

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
          (topic, message) -> received.add(
              new Received(topic, new String(message.getPayload(), StandardCharsets.UTF_8)))
        });
  }

  void command(String device, String text) throws MqttException {
    client.publish(
        "commands/" + device + "/do",
        new MqttMessage(text.getBytes(StandardCharsets.UTF_8), 1, false, null));
  }

  List<String> texts() {
    return received.stream().map(Received::text).toList();
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(0, 100, true);
    client.close(true);
  }
}
