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
          "broker", "invite", "b1", "--host", "localhost", "--out", invitation().toString()));
      try (Running broker = broker(home, service)) {
        publish(device, bootstrap, service, broker.mqttPort());
      }
      Launcher.Result again = Verbs.mintmark(arguments(folder.resolve("other"), service));
      assertThat(again.exitCode()).isEqualTo(2);
      assertThat(again.err())
          .contains("the service refuses the invitation", "broker 'b1' was used at", "invite")
          .doesNotContain("Exception");
    }
    try (Running broker = broker(home, service)) {
      publish(device, bootstrap, service, broker.mqttPort());
    }
  }

  @Test
  void withoutACredentialItSaysHowToGetOne() {
    Launcher.Result result =
        Verbs.mintmark("broker", "--folder", folder.resolve("none").toString(), "--mqtt-port", "0");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("mintmark broker invite").doesNotContain("Exception");
  }

  private Path invitation() {
    return folder.resolve("b1.pem");
  }

  private Running broker(Path home, URI service) throws Exception {
    return Running.verb(home, arguments(home, service));
  }

  private String[] arguments(Path home, URI service) {
    return new String[] {
      "broker",
      "--folder",
      home.toString(),
      "--service",
      service.toString(),
      "--bootstrap",
      invitation().toString(),
      "--mqtt-port",
      "0",
      "--websocket-port",
      "0",
      "--metrics-port",
      "0"
    };
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
