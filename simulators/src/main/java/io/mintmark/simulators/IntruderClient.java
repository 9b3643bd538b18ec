package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/**
 * A client that tries what it should not, one thing after the other, and says what it saw. Plain
 * Paho with whatever TLS context and client id the move calls for; never reconnects by itself.
 */
final class IntruderClient implements AutoCloseable {

  private static final int SECONDS = 5;

  private final MqttAsyncClient client;
  private final SSLContext tls;
  private final Watch watch = new Watch();

  private IntruderClient(MqttAsyncClient client, SSLContext tls) {
    this.client = client;
    this.tls = tls;
    client.setCallback(new PahoEvents() {
      @Override
      void arrived(String topic, byte[] payload) {
        watch.message(topic, payload);
      }
    });
  }

  /** A client with this credential and client id, not yet connected. */
  static IntruderClient at(Installation installation, Credential credential, String clientId) {
    return at(installation, credential.tlsContext(installation.trust()), clientId);
  }

  /** A client with this TLS context and client id, not yet connected. */
  static IntruderClient at(Installation installation, SSLContext tls, String clientId) {
    String address = "ssl://" + installation.brokerHost() + ":" + installation.brokerPort();
    try {
      return new IntruderClient(
          new MqttAsyncClient(address, clientId, new MemoryPersistence()), tls);
    } catch (MqttException e) {
      throw new IllegalArgumentException(
          "no client can be made for " + address + " with client id " + clientId, e);
    }
  }

  /** Connects with a clean session. */
  Sighting connect() {
    return connect(new MqttConnectionOptions());
  }

  /** Connects with a will (MQTT 5.0, section 3.1.2.5). */
  Sighting connectWithWill(String topic, String payload) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    MqttMessage will = new MqttMessage(bytes(payload));
    will.setQos(1);
    options.setWill(topic, will);
    return connect(options);
  }

  private Sighting connect(MqttConnectionOptions options) {
    options.setSocketFactory(tls.getSocketFactory());
    options.setConnectionTimeout(SECONDS);
    options.setAutomaticReconnect(false);
    options.setCleanStart(true);
    try {
      client.connect(options).waitForCompletion(SECONDS * 2_000L);
      return Sighting.accepted("CONNACK success");
    } catch (MqttException e) {
      Sighting seen = Sighting.of(e);
      return e.getReasonCode() > 0xff || !seen.refused() || e.getCause() != null
          ? seen
          : new Sighting(seen.outcome(), "CONNACK " + seen.detail());
    }
  }

  /** Publishes with QoS 1 and waits for the answer. */
  Sighting publish(String topic, String payload, boolean retained) {
    try {
      IMqttToken token = client.publish(topic, bytes(payload), 1, retained);
      token.waitForCompletion(SECONDS * 1_000L);
      return Sighting.of("PUBACK", token.getReasonCodes());
    } catch (MqttException e) {
      return Sighting.of(e);
    }
  }

  /**
   * Publishes with QoS 0, which has no answer: what the client sees is whether the connection lives
   * on. A message to its own topic with an answer follows, so that the broker has had its say.
   *
   * @param ownTopic one this client may publish to
   */
  Sighting publishUnanswered(String topic, String payload, String ownTopic) {
    try {
      client.publish(topic, bytes(payload), 0, false).waitForCompletion(SECONDS * 1_000L);
    } catch (MqttException e) {
      return Sighting.of(e);
    }
    Sighting after = publish(ownTopic, "still here?", false);
    return after.refused() ? after : Sighting.unclear("no answer to QoS 0, connection kept");
  }

  /** Subscribes with QoS 1 and waits for the answer. */
  Sighting subscribe(String filter) {
    try {
      IMqttToken token = client.subscribe(filter, 1);
      token.waitForCompletion(SECONDS * 1_000L);
      return Sighting.of("SUBACK", token.getReasonCodes());
    } catch (MqttException e) {
      return Sighting.of(e);
    }
  }

  /** Shown the messages that reach it. */
  Watch watch() {
    return watch;
  }

  boolean isConnected() {
    return client.isConnected();
  }

  /** Cuts the connection without a DISCONNECT packet, upon which a broker publishes the will. */
  void cut() {
    try {
      client.disconnectForcibly(0, 0, false);
    } catch (MqttException e) {
      // Cut already.
    }
  }

  /** Ends what is open. Paho's own close only forgets, and trips up threads that still end. */
  @Override
  public void close() {
    cut();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
