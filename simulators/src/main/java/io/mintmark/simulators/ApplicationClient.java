package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.simulators.attack.Sighting;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * A backend on the broker: plain Paho, an application's own certificate, QoS 1, a session that
 * survives a lost connection. Thread-safe.
 */
public final class ApplicationClient implements AutoCloseable {

  private static final int QOS = 1;
  private static final int CONNECT_SECONDS = 10;
  private static final long ANSWER_MILLIS = 10_000;
  private static final long SETTLE_MILLIS = 1_000;
  private static final long SESSION_SECONDS = 3_600;

  private final String name;
  private final MqttAsyncClient client;
  private final Clock clock;
  private volatile HeldSockets sockets;
  private final List<MessageHandler> handlers = new CopyOnWriteArrayList<>();
  private final List<Instant> reconnects = new CopyOnWriteArrayList<>();

  private ApplicationClient(String name, MqttAsyncClient client, Clock clock, HeldSockets sockets) {
    this.name = name;
    this.client = client;
    this.clock = clock;
    this.sockets = sockets;
  }

  /**
   * Connects as the credential's application, and again whenever the connection is lost.
   *
   * @param host a name in the broker's certificate
   * @param port the broker's port with mutual TLS
   * @param trust the roots of the broker's certificate
   * @param credential the application's; its name is the client id
   * @param clock dates the reconnects
   * @throws IOException if the broker refuses or is not there
   */
  public static ApplicationClient connect(
      String host, int port, Collection<X509Certificate> trust, Credential credential, Clock clock)
      throws IOException {
    String name = credential.identity().name();
    HeldSockets sockets = new HeldSockets(credential.tlsContext(trust).getSocketFactory());
    try {
      MqttAsyncClient paho =
          new MqttAsyncClient("ssl://" + host + ":" + port, name, new MemoryPersistence());
      ApplicationClient application = new ApplicationClient(name, paho, clock, sockets);
      paho.setCallback(new PahoEvents() {
        @Override
        void arrived(String topic, byte[] payload) {
          application.handlers.forEach(h -> h.message(topic, payload));
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
          if (reconnect) {
            application.reconnects.add(clock.instant());
          }
        }
      });
      try {
        application.connect();
      } catch (MqttException e) {
        application.close();
        throw e;
      }
      return application;
    } catch (MqttException e) {
      throw new IOException(
          "application " + name + " could not connect to " + host + ":" + port + ": "
              + Sighting.of(e),
          e);
    }
  }

  private void connect() throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(sockets);
    options.setCleanStart(false);
    options.setSessionExpiryInterval(SESSION_SECONDS);
    options.setConnectionTimeout(CONNECT_SECONDS);
    options.setAutomaticReconnect(true);
    options.setAutomaticReconnectDelay(1, 5);
    client.connect(options).waitForCompletion(ANSWER_MILLIS + CONNECT_SECONDS * 1000L);
  }

  /**
   * Goes on with another certificate of the same name and other roots, on a new connection; the
   * session stays, and what comes meanwhile waits in it.
   *
   * @throws IOException if the broker refuses or is not there; there is no connection then
   */
  public void move(Credential next, Collection<X509Certificate> trust) throws IOException {
    try {
      client.disconnect(SETTLE_MILLIS).waitForCompletion(ANSWER_MILLIS);
    } catch (MqttException e) {
      // Lost already: the broker keeps the session as well.
    }
    sockets.close();
    sockets = new HeldSockets(next.tlsContext(trust).getSocketFactory());
    reconnects.add(clock.instant());
    try {
      connect();
    } catch (MqttException e) {
      throw new IOException(
          "application " + name + " could not connect again: " + Sighting.of(e), e);
    }
  }

  /** Hands each message that arrives from now on to this handler too. */
  public void onMessage(MessageHandler handler) {
    handlers.add(handler);
  }

  /** Hands no more messages to this handler. */
  public void forget(MessageHandler handler) {
    handlers.remove(handler);
  }

  /**
   * Subscribes with QoS 1; returns when the broker has granted it.
   *
   * @throws IOException if it has not
   */
  public void subscribe(String filter) throws IOException {
    try {
      IMqttToken token = client.subscribe(filter, QOS);
      token.waitForCompletion(ANSWER_MILLIS);
      require(Sighting.of("SUBACK", token.getReasonCodes()), "subscribe to " + filter);
    } catch (MqttException e) {
      require(Sighting.of(e), "subscribe to " + filter);
    }
  }

  /**
   * Publishes with QoS 1; returns when the broker has taken it.
   *
   * @throws IOException if it has not
   */
  public void publish(String topic, byte[] payload) throws IOException {
    try {
      IMqttToken token = client.publish(topic, payload, QOS, false);
      token.waitForCompletion(ANSWER_MILLIS);
      require(Sighting.of("PUBACK", token.getReasonCodes()), "publish to " + topic);
    } catch (MqttException e) {
      require(Sighting.of(e), "publish to " + topic);
    }
  }

  private void require(Sighting sighting, String what) throws IOException {
    if (!sighting.accepted()) {
      throw new IOException("application " + name + " could not " + what + ": " + sighting);
    }
  }

  /** When it had to connect again; what was in flight then may have come twice. */
  public List<Instant> reconnects() {
    return List.copyOf(reconnects);
  }

  /** Ends connection and session; what cannot be said to the broker is left unsaid. */
  @Override
  public void close() {
    try {
      MqttProperties endSession = new MqttProperties();
      endSession.setSessionExpiryInterval(0L);
      client.disconnectForcibly(0, 2_000, 0, endSession);
    } catch (MqttException e) {
      // Not connected any more: nothing to end.
    }
    try {
      client.close(true);
    } catch (MqttException e) {
      // Closed already.
    }
    sockets.close();
  }
}
