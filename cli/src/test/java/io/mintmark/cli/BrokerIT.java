package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.device.DeviceClient;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Service and broker in processes of their own, as {@code docs/operate.md} runs them apart. {@code
 * -Dmintmark.durability.kills=20} kills the broker more often; {@code -Dmintmark.durability.seed=...}
 * at the same messages as the run that printed it.
 */
@Timeout(300)
class BrokerIT {

  private static final FleetId FLEET = new FleetId("sensors");
  private static final int KILLS = Integer.getInteger("mintmark.durability.kills", 1);
  private static final long SEED = Long.getLong("mintmark.durability.seed", System.nanoTime());

  @TempDir
  Path folder;

  @Test
  void servesApartFromTheServiceAndWithoutItAndLosesNothingWhenItIsKilled() throws Exception {
    Path data = folder.resolve("data");
    Path home = folder.resolve("b1");
    DeviceId device;
    Credential bootstrap;
    URI service;
    DurableTraffic traffic;
    try (Running provisioning = Running.provisioning(data)) {
      service = provisioning.service();
      Factory factory = Factory.open(folder.resolve("factory"), FactoryOptions.of(FLEET));
      device = factory.make("device", 1).get(0);
      bootstrap = factory.credential(device);
      provisioning.takeIn("sensors", factory.fleetFile(), factory.manifest());
      provisioning
          .mintmark(
              "broker",
              "invite",
              "b1",
              "--host",
              "localhost",
              "--out",
              invitation().toString())
          .succeeded();
      Path collector = folder.resolve("collector.pem");
      provisioning
          .mintmark(
              "app", "apply", "collector", "--publish", "commands/#", "--subscribe", "telemetry/#")
          .succeeded();
      provisioning
          .mintmark("app", "certificate", "collector", "--out", collector.toString())
          .succeeded();
      try (Running broker = broker(home, service, "1s")) {
        assertThat(broker.log())
            .containsPattern("warmed up with [1-9]\\d* connections")
            .doesNotContain("not warmed up", "not admitted", "does not leave", "Last write");
        publish(device, bootstrap, service, broker.mqttPort());
        traffic = new DurableTraffic(
            load(collector),
            load(folder.resolve("device/credential.pem")),
            trust(),
            FLEET.value(),
            new Random(SEED));
        killUnderLoad(broker, traffic);
      }
    }
    for (int kill = 2; kill <= KILLS; kill++) {
      try (Running broker = broker(home, service, "off")) {
        traffic.requireAll(broker.mqttPort());
        killUnderLoad(broker, traffic);
      }
      Launcher.Result again = Verbs.mintmark(arguments(folder.resolve("other"), service, "off"));
      assertThat(again.exitCode()).isEqualTo(2);
      assertThat(again.err())
          .contains("the service refuses the invitation", "broker 'b1' was used at", "invite")
          .doesNotContain("Exception");
    }
    try (Running broker = broker(home, service, "off")) {
      traffic.requireAll(broker.mqttPort());
      assertThat(broker.log()).doesNotContain("warmed up");
      publish(device, bootstrap, service, broker.mqttPort());
    }
  }

  private static void killUnderLoad(Running broker, DurableTraffic traffic) throws Exception {
    int acknowledged = traffic.cutOff(broker.mqttPort(), broker::kill);
    System.out.println(
        "durability: seed " + SEED + ", killed after " + acknowledged + " acknowledgements");
  }

  private static Credential load(Path file) throws IOException {
    return new CredentialStore(file).load().orElseThrow();
  }

  private List<X509Certificate> trust() throws IOException {
    return Pem.certificates(Files.readString(folder.resolve("data/trust.pem")));
  }

  @Test
  void withoutACredentialItSaysHowToGetOne() {
    Launcher.Result result =
        Verbs.mintmark("broker", "--folder", folder.resolve("none").toString(), "--mqtt-port", "0");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("mintmark broker invite").doesNotContain("Exception");
  }

  @Test
  void whereMessagesAreKeptIsOneOfTwoWords() {
    Launcher.Result result = Verbs.mintmark("broker", "--persistence", "disk");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--persistence 'disk' is neither file nor memory");
  }

  private Path invitation() {
    return folder.resolve("b1.pem");
  }

  private Running broker(Path home, URI service, String warmUp) throws Exception {
    return Running.verb(home, arguments(home, service, warmUp));
  }

  private String[] arguments(Path home, URI service, String warmUp) {
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
      "0",
      "--warm-up",
      warmUp
    };
  }

  private void publish(DeviceId device, Credential bootstrap, URI service, int port)
      throws Exception {
    try (DeviceClient client = DeviceClient.builder()
        .service(service)
        .fleet(FLEET)
        .broker("localhost", port)
        .bootstrap(bootstrap)
        .trust(trust())
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
}
