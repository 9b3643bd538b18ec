package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.device.DeviceClient;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Service and broker in processes of their own, as {@code docs/operate.md} runs them apart. */
@Timeout(300)
class BrokerIT {

  private static final FleetId FLEET = new FleetId("sensors");

  @TempDir
  Path folder;

  @Test
  void servesApartFromTheServiceAndWithoutIt() throws Exception {
    Path data = folder.resolve("data");
    Path home = folder.resolve("b1");
    DeviceId device;
    Credential bootstrap;
    URI service;
    try (Running provisioning = Running.verb(
        data,
        "provisioning",
        "--data",
        data.toString(),
        "--device-port",
        "0",
        "--operator-port",
        "0",
        "--status-port",
        "off")) {
      service = provisioning.service();
      Factory factory = Factory.open(folder.resolve("factory"), FactoryOptions.of(FLEET));
      device = factory.make("device", 1).get(0);
      bootstrap = factory.credential(device);
      succeed(provisioning.mintmark("fleet", "apply", "-f", factory.fleetFile().toString()));
      succeed(provisioning.mintmark(
          "manifest", "import", "--fleet", "sensors", factory.manifest().toString()));
      succeed(provisioning.mintmark(
          "broker", "enroll", "b1", "--host", "localhost", "--folder", home.toString()));
      try (Running broker = broker(home, service, "1s")) {
        assertThat(broker.log())
            .containsPattern("warmed up with [1-9]\\d* connections")
            .doesNotContain("not warmed up", "not admitted", "does not leave");
        publish(device, bootstrap, service, broker.mqttPort());
      }
    }
    try (Running broker = broker(home, service, "off")) {
      assertThat(broker.log()).doesNotContain("warmed up");
      publish(device, bootstrap, service, broker.mqttPort());
    }
  }

  @Test
  void withoutACredentialItSaysHowToGetOne() {
    Launcher.Result result =
        Verbs.mintmark("broker", "--folder", folder.resolve("none").toString(), "--mqtt-port", "0");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("mintmark broker enroll").doesNotContain("Exception");
  }

  private static Running broker(Path home, URI service, String warmUp) throws Exception {
    return Running.verb(
        home,
        "broker",
        "--folder",
        home.toString(),
        "--service",
        service.toString(),
        "--mqtt-port",
        "0",
        "--warm-up",
        warmUp);
  }

  private void publish(DeviceId device, Credential bootstrap, URI service, int port)
      throws Exception {
    try (DeviceClient client = DeviceClient.builder()
        .service(service)
        .fleet(FLEET)
        .broker("localhost", port)
        .bootstrap(bootstrap)
        .trust(Pem.certificates(Files.readString(folder.resolve("data/trust.pem"))))
        .folder(folder.resolve("device"))
        .build()) {
      client.start();
      client
          .publish(
              "telemetry/" + FLEET + "/" + device + "/t",
              "21.5".getBytes(StandardCharsets.UTF_8),
              1)
          .get(20, TimeUnit.SECONDS);
      assertThat(client.isConnected()).isTrue();
    }
  }

  private static void succeed(Launcher.Result result) {
    assertThat(result.exitCode()).as(result.all()).isZero();
  }
}
