package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceException;
import io.mintmark.device.DeviceListener;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * After another CA was activated all that serves shows certificates by it, and a device that is
 * connected notices nothing.
 */
@Timeout(120)
class OwnCertificatesIT {

  private static final FleetId FLEET = new FleetId("sensors");

  @TempDir
  Path folder;

  private final List<String> events = new CopyOnWriteArrayList<>();

  @Test
  void allMoveToAnotherCaUnderALiveSession() throws Exception {
    try (LocalInstallation installation = LocalInstallation.start(folder)) {
      Factory factory = Factory.open(folder.resolve("factory"), FactoryOptions.of(FLEET));
      DeviceId device = factory.make("device", 1).get(0);
      OperatorClient operator = installation.operator();
      installation.applyFleet(factory.fleetFile());
      operator.importManifest(FLEET.value(), Files.readString(factory.manifest()));
      try (DeviceClient client = DeviceClient.builder()
          .service(installation.service())
          .fleet(FLEET)
          .broker(installation.brokerHost(), installation.brokerPort())
          .bootstrap(factory.credential(device))
          .trust(installation.trust())
          .folder(folder.resolve("device"))
          .listener(new Events())
          .build()) {
        client.start();
        publish(client, device);
        List<Integer> ports = List.of(
            installation.service().getPort(),
            installation.operatorUri().getPort(),
            installation.brokerPort());
        List<BigInteger> before = ports.stream()
            .map(port -> shown(installation, port).getSerialNumber())
            .toList();

        String next = operator.prepareIssuer().path("id").asText();
        operator.changeIssuer(next, "activate", Map.of());
        String name = operator.issuer(next).path("subject").asText();
        // HiveMQ looks for another certificate every 10 s.
        await().pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
          for (int port : ports) {
            X509Certificate now = shown(installation, port);
            assertThat(before).doesNotContain(now.getSerialNumber());
            assertThat(now.getIssuerX500Principal().getName()).isEqualTo(name);
          }
        });
        publish(client, device);
        assertThat(events).containsExactly("connected");
      }
    }
  }

  private static void publish(DeviceClient client, DeviceId device) throws Exception {
    client
        .publish(
            "telemetry/" + FLEET + "/" + device + "/t", "21.5".getBytes(StandardCharsets.UTF_8), 1)
        .get(20, TimeUnit.SECONDS);
  }

  /** The certificate a port shows to who connects now. */
  private static X509Certificate shown(LocalInstallation installation, int port) {
    try (SSLSocket socket = (SSLSocket) Credential.anonymousTlsContext(installation.trust())
        .getSocketFactory()
        .createSocket("localhost", port)) {
      // The broker wants ours too, and says so only after it has shown its own.
      socket.setEnabledProtocols(new String[] {"TLSv1.3"});
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    } catch (SSLException e) {
      throw new AssertionError("the chain of port " + port + " is not trusted", e);
    } catch (IOException e) {
      throw new AssertionError("port " + port + " is not reached", e);
    }
  }

  /** What a device would notice. */
  private final class Events implements DeviceListener {
    @Override
    public void connected(boolean sessionPresent) {
      events.add("connected");
    }

    @Override
    public void disconnected(DeviceException cause) {
      events.add("disconnected: " + cause);
    }

    @Override
    public void moved(Duration gap, boolean sessionPresent) {
      events.add("moved");
    }
  }
}
