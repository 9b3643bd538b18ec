package io.mintmark.simulators.attack;

import io.mintmark.identity.Credential;
import io.mintmark.simulators.HeldSockets;
import io.mintmark.simulators.Site;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * A client library that tries to get in where it should not, and says what it saw. Plain Paho with whatever TLS context and client id the move calls for; never reconnects by itself.
 */
public final class IntruderClient implements AutoCloseable {

  private static final int SECONDS = 5;

  private final MqttAsyncClient client;
  private final HeldSockets sockets;

  private IntruderClient(MqttAsyncClient client, SSLContext tls) {
    this.client = client;
    sockets = new HeldSockets(tls.getSocketFactory());
  }

  /** A client with this credential and client id, not yet connected. */
  public static IntruderClient at(Site site, Credential credential, String clientId) {
    return at(site, credential.tlsContext(site.trust()), clientId);
  }

  /** A client with this TLS context and client id, not yet connected. */
  static IntruderClient at(Site site, SSLContext tls, String clientId) {
    String address = "ssl://" + site.brokerHost() + ":" + site.brokerPort();
    try {
      return new IntruderClient(
          new MqttAsyncClient(address, clientId, new MemoryPersistence()), tls);
    } catch (MqttException e) {
      throw new IllegalArgumentException(
          "no client can be made for " + address + " with client id " + clientId, e);
    }
  }

  /** Connects with a clean session. */
  public Sighting connect() {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(sockets);
    options.setConnectionTimeout(SECONDS);
    options.setAutomaticReconnect(false);
    options.setCleanStart(true);
    try {
      client.connect(options).waitForCompletion(SECONDS * 2_000L);
      return Sighting.accepted("CONNACK success");
    } catch (MqttException e) {
      Sighting seen = Sighting.of(e);
      boolean spoken = seen.refused() && e.getCause() == null && e.getReasonCode() <= 0xff;
      return spoken ? new Sighting(seen.outcome(), "CONNACK " + seen.detail()) : seen;
    }
  }

  /** Cuts the connection. Paho's own close only forgets, and trips up threads that still end. */
  @Override
  public void close() {
    try {
      client.disconnectForcibly(0, 0, false);
    } catch (MqttException e) {
      // Cut already.
    }
    sockets.close();
  }
}
