package io.mintmark.broker;

import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A foreign MQTT 5 client at the other end of a real TLS connection, and what it saw. */
final class Peer implements AutoCloseable {

  private static final long PATIENCE_MILLIS = 30_000;

  /** Shorter: Paho does not notice every end of a connection that is not admitted yet. */
  private static final int CONNECT_MILLIS = 10_000;

  private final MqttAsyncClient client;
  private final RememberedSockets sockets;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> disconnected = new CompletableFuture<>();

  private volatile String lastWords;
  private boolean sessionPresent;

  private Peer(MqttAsyncClient client, RememberedSockets sockets) {
    this.client = client;
    this.sockets = sockets;
  }

  /**
   * Connects, or fails as the client saw it.
   *
   * @param credential null to show no certificate
   */
  static Peer connect(
      int port, Credential credential, Collection<X509Certificate> trust, String clientId)
      throws MqttException {
    return connect(port, credential, trust, clientId, options -> {});
  }

  static Peer connect(
      int port,
      Credential credential,
      Collection<X509Certificate> trust,
      String clientId,
      Consumer<MqttConnectionOptions> tweaks)
      throws MqttException {
    return connect("ssl://localhost:" + port, credential, trust, clientId, tweaks);
  }

  /**
   * The same over WebSocket or TCP.
   *
   * @param uri {@code wss://host:port/path} or {@code ssl://host:port}
   */
  static Peer connect(
      String uri,
      Credential credential,
      Collection<X509Certificate> trust,
      String clientId,
      Consumer<MqttConnectionOptions> tweaks)
      throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setAutomaticReconnect(false);
    options.setConnectionTimeout(CONNECT_MILLIS / 1000);
    RememberedSockets sockets = new RememberedSockets(
        (credential == null ? Credential.anonymousTlsContext(trust) : credential.tlsContext(trust))
            .getSocketFactory());
    options.setSocketFactory(sockets);
    tweaks.accept(options);
    MqttAsyncClient client = new MqttAsyncClient(uri, clientId, new MemoryPersistence());
    Peer peer = new Peer(client, sockets);
    client.setCallback(peer.new Callback());
    try {
      IMqttToken token = client.connect(options);
      token.waitForCompletion(CONNECT_MILLIS);
      peer.sessionPresent = token.getSessionPresent();
    } catch (MqttException e) {
      client.close(true);
      throw e;
    }
    return peer;
  }

  /** Publishes with QoS 1 and returns the reason code of the acknowledgement. */
  int publish(String topic, String payload) throws MqttException {
    return publish(topic, payload, 1, false);
  }

  /** Publishes with QoS 1 or 2 and returns the reason code of the acknowledgement. */
  int publish(String topic, String payload, int qos, boolean retained) throws MqttException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    try {
      IMqttToken token = send(topic, bytes, qos, retained);
      token.waitForCompletion(PATIENCE_MILLIS);
      return token.getReasonCodes()[0];
    } catch (MqttException e) {
      return refusal(e);
    }
  }

  /** Paho tells of an acknowledgement before it has counted that message off. */
  private IMqttToken send(String topic, byte[] bytes, int qos, boolean retained) {
    return await()
        .ignoreExceptionsMatching(e -> e instanceof MqttException full
            && full.getReasonCode() == MqttClientException.REASON_CODE_MAX_INFLIGHT)
        .until(() -> client.publish(topic, bytes, qos, retained), token -> true);
  }

  /** HiveMQ closes after a refused PUBLISH, which Paho may notice before it reads the answer. */
  private int refusal(MqttException fault) throws MqttException {
    if (isOfBroker(fault.getReasonCode())) {
      return fault.getReasonCode();
    }
    try {
      int code = disconnected.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (isOfBroker(code)) {
        return code;
      }
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      fault.addSuppressed(e);
    }
    throw fault;
  }

  /** The broker closed it first, and Paho may still be busy with that. */
  private static boolean isEnded(int reasonCode) {
    return reasonCode == MqttClientException.REASON_CODE_CLIENT_DISCONNECTING
        || reasonCode == MqttClientException.REASON_CODE_CLIENT_ALREADY_DISCONNECTED;
  }

  /** Paho's own begin at 32,000 (MQTT 5.0, section 2.4). */
  private static boolean isOfBroker(int reasonCode) {
    return reasonCode >= 0x80 && reasonCode <= 0xff;
  }

  /** Publishes with QoS 0: nobody answers. */
  void publishUnacknowledged(String topic, String payload) throws MqttException {
    client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 0, false);
  }

  /** Subscribes with QoS 1 and returns the reason code: the granted QoS, or a refusal. */
  int subscribe(String filter) throws MqttException {
    return subscribe(filter, 1);
  }

  int subscribe(String filter, int qos) throws MqttException {
    IMqttToken token = client.subscribe(filter, qos);
    token.waitForCompletion(PATIENCE_MILLIS);
    return token.getReasonCodes()[0];
  }

  /** {@code topic payload} of each message that came, in order. */
  List<String> received() {
    return received;
  }

  /** The reason code of the DISCONNECT; -1 if the connection ended without. */
  CompletableFuture<Integer> disconnected() {
    return disconnected;
  }

  /** The reason string of the DISCONNECT; null if there was none. */
  String lastWords() {
    return lastWords;
  }

  /** Whether the broker had kept a session for it. */
  boolean sessionWasPresent() {
    return sessionPresent;
  }

  boolean isConnected() {
    return client.isConnected();
  }

  /** Breaks the connection without a word, as a device does that loses power. */
  void kill() throws IOException {
    sockets.closeAll();
  }

  /**
   * Disconnects, if it still is connected. Paho's own close only forgets, and trips up its threads that
   * still end: what they throw then, Awaitility takes for a fault of whoever waits next.
   */
  @Override
  public void close() throws MqttException {
    try {
      IMqttToken leaving = client.disconnect();
      // The broker may be closing the connection at this moment; then nobody completes the token.
      await()
          .atMost(Duration.ofMillis(PATIENCE_MILLIS))
          .until(() -> leaving.isComplete() || disconnected.isDone());
    } catch (MqttException e) {
      if (!isEnded(e.getReasonCode())) {
        throw e;
      }
    }
  }

  private final class Callback implements MqttCallback {
    @Override
    public void disconnected(MqttDisconnectResponse response) {
      lastWords = response.getReasonString();
      disconnected.complete(response.getReturnCode());
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      received.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
