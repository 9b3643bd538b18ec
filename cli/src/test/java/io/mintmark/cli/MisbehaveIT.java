package io.mintmark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.RetryLaterException;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices that meet a service and a broker that misbehave on purpose. */
@Timeout(300)
class MisbehaveIT {

  /** By this seed the answer to the first request of all is lost. */
  private static final String SPEC = "delay=1ms..50ms,drop=0.1,lost-answer=0.4,error=0.1,"
      + "retry-after=0.05,too-many=0.05,truncate=0.1,mqtt-delay=1ms..20ms,mqtt-drop=0.3,seed=19";

  private static final Pattern WEBSOCKET = Pattern.compile("wss://localhost:(\\d+)/mqtt");

  private static final FleetId FLEET = new FleetId("sensors");
  private static final int DEVICES = 3;

  private final HeldCertificate factory =
      HeldCertificate.builder().commonName("factory").authority(1).build();

  @TempDir
  Path folder;

  @Test
  void devicesGetThroughWithOneCertificateEach() throws Exception {
    Path data = folder.resolve("data");
    try (Running up = Running.start(data, "--misbehave", SPEC, "--websocket-port", "0")) {
      assertThat(up.log())
          .contains("WARNING: MISBEHAVING ON PURPOSE (--misbehave " + SPEC + ")")
          .contains("MISBEHAVING ON PURPOSE: devices are answered late, wrong or not at all");
      up.takeIn(FLEET.value(), fleetFile(), manifest());
      for (int i = 1; i <= DEVICES; i++) {
        enrolAndPublish(up, data, "d-" + i);
      }
      assertThat(up.log())
          .containsPattern("request 1: POST \\S+/simpleenroll from 127.0.0.1: done \\(200\\),"
              + " connection closed in place of the answer")
          .contains("misbehaving at MQTT connection ", ": reset in place of an answer")
          .doesNotContain("Server Error", "\tat ");
      // No client of ours: an empty reply (52) is what curl makes of a connection that was closed.
      assertThat(curl(data, up.service() + "/.well-known/est/cacerts?[1-40]")).contains("000 52");
      curl(data, "https://localhost:" + webSocketPort(up) + "/mqtt?[1-40]");
      assertThat(up.log()).containsPattern("misbehaving at WebSocket connection \\d+: reset");
      try (SeededFleet registry = new SeededFleet(data)) {
        assertThat(registry.number("select count(*) from certificates where identity like"
                + " '%/fleet/sensors/device/%' and state = 'issued'"))
            .isEqualTo(DEVICES);
      }
    }
  }

  /** Status and exit code of each of many requests. */
  private static String curl(Path data, String url) {
    List<String> command =
        new ArrayList<>(List.of("curl", "--silent", "--output", "/dev/null", "--write-out"));
    command.addAll(List.of("%{http_code} %{exitcode}\\n", "--cacert"));
    command.addAll(List.of(data.resolve("trust.pem").toString(), url));
    return Launcher.run(Map.of(), command).out();
  }

  private static String webSocketPort(Running up) throws Exception {
    Matcher port = WEBSOCKET.matcher(up.log());
    assertThat(port.find()).as(up.log()).isTrue();
    return port.group(1);
  }

  private void enrolAndPublish(Running up, Path data, String device) throws Exception {
    try (DeviceClient client = DeviceClient.builder()
        .service(up.service())
        .fleet(FLEET)
        .broker("localhost", up.mqttPort())
        .bootstrap(HeldCertificate.builder()
            .commonName(device)
            .signedBy(factory)
            .build()
            .credential())
        .trust(Pem.certificates(Files.readString(data.resolve("trust.pem"))))
        .folder(folder.resolve(device))
        .reconnectBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
        .build()) {
      await().atMost(Duration.ofMinutes(1)).until(started(client));
      client
          .publish("telemetry/sensors/" + device + "/a", "x".getBytes(UTF_8), 1)
          .get(60, TimeUnit.SECONDS);
    }
  }

  /** As a device would that tries again whatever comes. */
  private static Callable<Boolean> started(DeviceClient client) {
    return () -> {
      try {
        client.start();
        return true;
      } catch (RetryLaterException e) {
        return false;
      }
    };
  }

  private Path fleetFile() throws Exception {
    Files.writeString(folder.resolve("factory-ca.pem"), factory.certificatePem());
    return Files.writeString(folder.resolve("fleet.yaml"), """
        fleet: sensors
        factory-cas: [factory-ca.pem]
        enrolment: {mode: manifest}
        mqtt: {publish: ["telemetry/${fleet}/${device}/#"]}
        """);
  }

  private Path manifest() throws Exception {
    StringBuilder csv = new StringBuilder("device,pin\n");
    for (int i = 1; i <= DEVICES; i++) {
      csv.append("d-").append(i).append(",\n");
    }
    return Files.writeString(folder.resolve("manifest.csv"), csv);
  }
}
