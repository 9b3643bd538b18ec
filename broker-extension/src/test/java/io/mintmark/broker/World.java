package io.mintmark.broker;

import static org.awaitility.Awaitility.await;

import com.hivemq.configuration.service.InternalConfigurations;
import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * A broker's surroundings: its folder with a credential, a provisioning service with two fleets and
 * two applications, and the certificates of everybody.
 */
final class World implements AutoCloseable {

  static {
    // HiveMQ gives its writers two seconds at each stop; these tests stop it often.
    InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(100);
  }

  final TestPki pki = new TestPki();
  final FakeFeed feed;
  final Path folder;

  /** Quicker than files, of which these tests start and stop very many. */
  Persistence persistence = Persistence.MEMORY;

  MintmarkBroker broker;

  World(Path folder) throws Exception {
    this.folder = folder;
    new CredentialStore(folder.resolve("credential.pem")).save(pki.broker("b1").credential());
    AtomicFile.write(folder.resolve("trust.pem"), Pem.encode(pki.anchors()));
    feed = new FakeFeed(pki).start();
    feed.fleet("sensors", "telemetry/${fleet}/${device}/#", "commands/${fleet}/${device}/#");
    feed.fleet("pumps", "telemetry/${fleet}/${device}/#", "commands/${fleet}/${device}/#");
    feed.application("dashboard", List.of("commands/#"), List.of("telemetry/#"));
    feed.application("watcher", List.of(), List.of("#"));
  }

  BrokerConfig config() {
    return config(0);
  }

  BrokerConfig config(int port) {
    return BrokerConfig.of(folder, feed.uri())
        .port(port)
        .persistence(persistence)
        .build();
  }

  World startBroker() throws BrokerStartException {
    broker = MintmarkBroker.start(config());
    return this;
  }

  World startBroker(Clock clock, Duration maxStaleness, Duration maxSessionStaleness)
      throws BrokerStartException {
    broker = MintmarkBroker.start(
        BrokerConfig.of(folder, feed.uri())
            .maxStaleness(maxStaleness)
            .maxSessionStaleness(maxSessionStaleness)
            .persistence(persistence)
            .build(),
        clock);
    return this;
  }

  void stopBroker() {
    if (broker != null) {
      broker.close();
      broker = null;
    }
  }

  /** Waits until all that the feed says now is in force; the broker's log is read for it. */
  void awaitFeedRead(LogLines log) {
    String last = "INFO feed read to " + feed.head();
    await().until(() -> log.lines().contains(last));
  }

  Peer connect(Credential credential, String clientId) throws MqttException {
    return Peer.connect(broker.port(), credential, pki.roots(), clientId);
  }

  Peer connect(Credential credential, String clientId, Consumer<MqttConnectionOptions> tweaks)
      throws MqttException {
    return Peer.connect(broker.port(), credential, pki.roots(), clientId, tweaks);
  }

  Peer device(String fleet, String device) throws MqttException {
    return connect(pki.device(fleet, device).credential(), device);
  }

  Peer application(String name) throws MqttException {
    return connect(pki.application(name).credential(), name);
  }

  @Override
  public void close() throws IOException {
    stopBroker();
    feed.close();
  }
}
