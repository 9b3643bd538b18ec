package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ordinary life of a device, against a real broker. */
class DeviceClientIT {

  @TempDir
  static Path brokerFolder;

  static final TestPki PKI = new TestPki();
  static FakeEst est;
  static TestBroker broker;
  static TestApplication application;

  @TempDir
  Path folder;

  final Events events = new Events();

  @BeforeAll
  static void startAll() throws Exception {
    est = new FakeEst(PKI);
    broker = new TestBroker(PKI, brokerFolder, false);
    application = new TestApplication(broker.port(), PKI.application("app"), PKI.anchors());
  }

  @AfterAll
  static void stopAll() throws Exception {
    application.close();
    broker.close();
    est.close();
  }

  private DeviceClientBuilder device(String id) {
    return DeviceClient.builder()
        .service(est.uri())
        .fleet(TestPki.FLEET)
        .broker("localhost", broker.port())
        .bootstrap(PKI.bootstrap(id))
        .trust(PKI.anchors())
        .folder(folder.resolve(id))
        .listener(events);
  }

  @Test
  void enrolsConnectsAndSpeaks() throws Exception {
    List<String> commands = new CopyOnWriteArrayList<>();
    try (DeviceClient client = device("d-1").build()) {
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
  }
}
