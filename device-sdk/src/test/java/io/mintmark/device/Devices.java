package io.mintmark.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** What the tests against a real broker have in common: an installation, and devices in it. */
final class Devices implements AutoCloseable {

  final TestPki pki = new TestPki();
  final FakeEst est;
  final TestBroker broker;
  private final Path folder;

  /**
   * @param durable whether the broker's sessions outlive its restart
   */
  Devices(Path folder, boolean durable) throws Exception {
    this.folder = folder;
    est = new FakeEst(pki);
    broker = new TestBroker(pki, folder.resolve("broker"), durable);
  }

  /** A device with its own folder and quick retries. */
  DeviceClientBuilder device(String id, DeviceListener listener) {
    return DeviceClient.builder()
        .service(est.uri())
        .fleet(TestPki.FLEET)
        .broker("localhost", broker.port())
        .bootstrap(pki.bootstrap(id))
        .trust(pki.anchors())
        .folder(folder.resolve(id))
        .reconnectBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
        .refusedBackoff(Duration.ofSeconds(2), Duration.ofSeconds(4))
        .listener(listener);
  }

  TestApplication application() throws Exception {
    return new TestApplication(broker.port(), pki.application("app"), pki.anchors());
  }

  @Override
  public void close() throws IOException {
    broker.close();
    est.close();
  }
}
