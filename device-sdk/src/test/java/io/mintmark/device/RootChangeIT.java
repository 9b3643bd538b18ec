package io.mintmark.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole client whose installation changes its root, against a real broker. */
class RootChangeIT {

  /** The first question about renewal comes after a random share of an hour. */
  private static final RandomGenerator ASKS_AT_ONCE = () -> 0;

  /** Minutes later than any test. */
  private static final RandomGenerator ASKS_LATE = () -> -1;

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private final TestPki.NextRoot next = pki.new NextRoot();
  private final Events events = new Events();

  @Test
  void followsWhileItIsConnectedAndAfterItWasRefused() throws Exception {
    try (FakeEst est = new FakeEst(pki);
        TestBroker broker = new TestBroker(pki, next.server, folder.resolve("broker"), false)) {
      try (DeviceClient client = client(est, broker, ASKS_AT_ONCE)) {
        follows(client, est);
      }
      comesBackAfterAllThisWasMissed(est, broker);
    }
  }

  private void follows(DeviceClient client, FakeEst est) throws Exception {
    // The broker went ahead: its certificate is by a root the device has not heard of.
    assertThatThrownBy(client::start)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("not trusted");
    est.caCertificates = next.both();
    client.start();
    assertThat(client.trustAnchors())
        .containsExactly(pki.root.certificate(), next.root.certificate());

    est.caCertificates = next.alone();
    est.show(next.server.credential());
    client.renewNow().get();

    List<X509Certificate> anchors = List.of(next.root.certificate());
    assertThat(client.trustAnchors()).isEqualTo(anchors);
    assertThat(Pem.certificates(Files.readString(folder.resolve("d-1/trust.pem"))))
        .isEqualTo(anchors);
    client.publish("telemetry/d-1/a", "x".getBytes(UTF_8), 1).get();
    await().until(() -> events.count("trustReplaced") == 2);
    assertThat(events.count("disconnected")).isZero();
  }

  /** By what the service goes on showing: its own certificate, and the new root's by the old one. */
  private void comesBackAfterAllThisWasMissed(FakeEst est, TestBroker broker) throws Exception {
    est.show(next.serverForBoth());
    est.caCertificates =
        List.of(next.root.certificate(), next.newWithOld.certificate(), pki.issuing.certificate());
    new DeviceFolder(folder.resolve("d-1")).keep(pki.anchors());
    int asked = est.requests.size();
    try (DeviceClient client = client(est, broker, ASKS_LATE)) {
      client.startInBackground();
      await().atMost(Duration.ofSeconds(30)).until(client::isConnected);
      assertThat(client.trustAnchors()).containsExactly(next.root.certificate());
    }
    assertThat(est.requests).hasSize(asked);
  }

  /** However seldom it renews. */
  @Test
  void hearsOfItWithTheRenewalInformation() throws Exception {
    List<X509Certificate> both = List.of(pki.root.certificate(), next.root.certificate());
    try (FakeEst est = new FakeEst(pki);
        TestBroker broker = new TestBroker(pki, folder.resolve("broker"), false)) {
      // A question on its way at the close would be answered after it, as if the second client
      // asked.
      try (DeviceClient client = client(est, broker, ASKS_LATE)) {
        client.start();
      }
      est.takeReports();
      est.tellRenewal(both);
      est.caCertificates = next.both();
      try (DeviceClient client = client(est, broker, ASKS_AT_ONCE)) {
        client.start();
        await().until(() -> client.trustAnchors().equals(both));
        await().until(() -> !est.reports.isEmpty());
        assertThat(est.reports)
            .extracting(FakeEst.Report::bundle)
            .containsExactly(Bundle.fingerprint(both));
        client.publish("telemetry/d-1/a", "x".getBytes(UTF_8), 1).get();
        assertThat(est.toldRenewal).hasValue(1);
      }
    }
    assertThat(events.names).doesNotContain("renewed", "moved", "disconnected");
  }

  private DeviceClient client(FakeEst est, TestBroker broker, RandomGenerator random) {
    return DeviceClient.builder()
        .service(est.uri())
        .fleet(TestPki.FLEET)
        .broker("localhost", broker.port())
        .bootstrap(pki.bootstrap("d-1"))
        .trust(pki.anchors())
        .folder(folder.resolve("d-1"))
        .reconnectBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
        .refusedBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
        .listener(events)
        .random(random)
        .build();
  }
}
