package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mintmark.device.DeviceClient;
import io.mintmark.device.Message;
import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The quick start as its reader types it: {@code mintmark up}, a factory, {@code enroll.sh} with
 * curl and openssl, then mosquitto's own clients. One installation, told as one story.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ForeignClientsIT {

  private static final String SCRIPT =
      Launcher.ROOT.resolve("provisioning/factory/enroll.sh").toString();
  private static final String DEVICE = "device-0001";
  private static final String OTHER = "device-0002";

  @TempDir
  static Path folder;

  private static Running up;

  @BeforeAll
  static void start() throws IOException {
    ForeignPrograms.require("curl", "openssl", "mosquitto_pub", "mosquitto_sub");
    up = Running.start(folder.resolve("mintmark-data"));
    Verbs.mintmark("factory", "--out", factory().toString(), "--fleet", "sensors", "--devices", "3")
        .succeeded();
    up.takeIn("sensors", factory().resolve("fleet.yaml"), factory().resolve("manifest.csv"));
  }

  @AfterAll
  static void stop() throws IOException {
    if (up != null) {
      up.close();
    }
  }

  @Test
  @Order(1)
  void theScriptExplainsItself() {
    Launcher.Result help = script("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("Usage:", "--renew", "Exit codes:");
    for (String[] wrong : new String[][] {
      {}, {"--fleet", "sensors"}, {"--fleet", "Bad/Fleet", "--out", "x"}, {"--unknown"}, {"--out"}
    }) {
      Launcher.Result result = script(wrong);
      assertThat(result.exitCode()).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(result.err()).hasLineCount(1).startsWith("enroll.sh: ");
    }
  }

  @Test
  @Order(2)
  void enrolsTwoDevices() throws IOException {
    for (String device : new String[] {DEVICE, OTHER}) {
      Launcher.Result result = enroll(device);
      assertThat(result.exitCode()).as(result.all()).isZero();
      assertThat(result.out()).contains("enrolled device " + device);
      assertThat(credential(device).identity().spiffeId())
          .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/" + device);
      assertThat(PosixFilePermissions.toString(
              Files.getPosixFilePermissions(out(device).resolve("credential.pem"))))
          .isEqualTo("rw-------");
      assertThat(out(device).resolve("pending-key.pem")).doesNotExist();
    }
    Launcher.Result list = up.mintmark("device", "list", "--fleet", "sensors");
    assertThat(list.out().toLowerCase(Locale.ROOT)).contains(DEVICE, "active", "pending");
  }

  @Test
  @Order(3)
  void aLostAnswerIsAskedForAgainWithTheSameKey() throws IOException {
    Credential first = credential(DEVICE);
    // As if the power went after the service answered and before the answer was stored.
    Files.writeString(out(DEVICE).resolve("pending-key.pem"), Pem.encode(first.key()));
    Files.delete(out(DEVICE).resolve("credential.pem"));
    assertThat(enroll(DEVICE).exitCode()).isZero();
    assertThat(credential(DEVICE).certificate()).isEqualTo(first.certificate());
  }

  @Test
  @Order(4)
  void renewsWithTheCredentialItHas() throws IOException {
    Credential before = credential(DEVICE);
    Launcher.Result result = script(
        "--renew",
        "--url",
        up.service().toString(),
        "--fleet",
        "sensors",
        "--out",
        out(DEVICE).toString());
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out()).contains("renewed device " + DEVICE);
    Credential after = credential(DEVICE);
    assertThat(after.certificate().getSerialNumber())
        .isNotEqualTo(before.certificate().getSerialNumber());
    assertThat(after.certificate().getPublicKey())
        .isNotEqualTo(before.certificate().getPublicKey());
    assertThat(after.identity()).isEqualTo(before.identity());
  }

  @Test
  @Order(5)
  void mosquittoPublishesToItsOwnTopicAndToNoOther() throws Exception {
    Path received = folder.resolve("received");
    up.mintmark("app", "apply", "watcher", "--subscribe", "telemetry/#").succeeded();
    Path watcher = folder.resolve("watcher.pem");
    up.mintmark("app", "certificate", "watcher", "--out", watcher.toString()).succeeded();
    Process subscriber = Launcher.builder(
            Map.of(),
            mosquitto("mosquitto_sub", watcher, "watcher", "-t", "telemetry/#", "-q", "1", "-v"))
        .redirectErrorStream(true)
        .redirectOutput(received.toFile())
        .start();
    try {
      Awaitility.await().pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
        Launcher.Result result =
            publish(DEVICE, DEVICE, "telemetry/sensors/" + DEVICE + "/t", "21.5");
        assertThat(result.exitCode()).as(result.all()).isZero();
        assertThat(Files.readString(received)).contains("telemetry/sensors/" + DEVICE + "/t 21.5");
      });
      Launcher.Result foreign =
          publish(DEVICE, DEVICE, "telemetry/sensors/" + OTHER + "/t", "forged");
      assertThat(foreign.all().toLowerCase(Locale.ROOT)).contains("not authorized");
      // The other device's own message arrives, so the forged one would have been seen.
      assertThat(
              publish(OTHER, OTHER, "telemetry/sensors/" + OTHER + "/t", "19.0").exitCode())
          .isZero();
      Awaitility.await().until(() -> Files.readString(received).contains("19.0"));
      assertThat(Files.readString(received)).doesNotContain("forged");
    } finally {
      subscriber.destroy();
      subscriber.waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  @Order(6)
  void mosquittoCannotSubscribeElsewhereOrBorrowAClientId() throws Exception {
    Launcher.Result all = Launcher.run(
        Map.of(),
        mosquitto("mosquitto_sub", own(DEVICE), DEVICE, "-t", "#", "-q", "1", "-W", "30"));
    assertThat(all.all().toLowerCase(Locale.ROOT)).contains("denied");
    Launcher.Result borrowed = publish(DEVICE, OTHER, "telemetry/sensors/" + OTHER + "/t", "x");
    assertThat(borrowed.exitCode()).isNotZero();
    Launcher.Result factory = Launcher.run(
        Map.of(),
        mosquitto(
            "mosquitto_pub",
            bootstrap(DEVICE),
            DEVICE,
            "-t",
            "telemetry/sensors/" + DEVICE + "/t",
            "-q",
            "1",
            "-m",
            "x"));
    assertThat(factory.exitCode()).isNotZero();
  }

  @Test
  @Order(7)
  void mosquittoAsksADeviceOnTheSdkAndIsAnswered() throws Exception {
    ForeignPrograms.require("mosquitto_rr");
    up.mintmark("app", "apply", "asker", "--publish", "commands/#", "--subscribe", "telemetry/#")
        .succeeded();
    Path asker = folder.resolve("asker.pem");
    up.mintmark("app", "certificate", "asker", "--out", asker.toString()).succeeded();
    try (DeviceClient device = DeviceClient.builder()
        .service(up.service())
        .fleet(new FleetId("sensors"))
        .broker("localhost", up.mqttPort())
        .trust(Pem.certificates(Files.readString(Path.of(trust()))))
        .folder(out(OTHER))
        .build()) {
      CompletableFuture<Void> granted = device.reply(
          "commands/sensors/" + OTHER + "/valve",
          1,
          request -> Message.answer("valve " + request.text()).withContentType("text/plain"));
      device.start();
      granted.get(20, TimeUnit.SECONDS);
      Launcher.Result answer = Launcher.run(
          Map.of(),
          mosquitto(
              "mosquitto_rr",
              asker,
              "asker",
              "-t",
              "commands/sensors/" + OTHER + "/valve",
              "-e",
              "telemetry/sensors/" + OTHER + "/answers",
              "-q",
              "1",
              "-m",
              "open",
              "-D",
              "publish",
              "correlation-data",
              "c-1",
              "-F",
              "%p|%D|%C",
              "-W",
              "30"));
      assertThat(answer.exitCode()).as(answer.all()).isZero();
      assertThat(answer.out().strip()).isEqualTo("valve open|c-1|text/plain");
    }
  }

  @Test
  @Order(8)
  void whatTheServiceRefusesIsExitCodeFourWithItsReason() throws Exception {
    up.mintmark("device", "revoke", DEVICE, "--reason", "keyCompromise").succeeded();
    Launcher.Result renewal = script(
        "--renew",
        "--url",
        up.service().toString(),
        "--fleet",
        "sensors",
        "--out",
        out(DEVICE).toString());
    assertThat(renewal.exitCode()).as(renewal.all()).isEqualTo(4);
    assertThat(renewal.err()).contains("403").contains("revoked");
    Launcher.Result again = enroll(DEVICE);
    assertThat(again.exitCode()).isEqualTo(4);
    assertThat(again.err()).contains("revoked");
    Launcher.Result unknownFleet = script(
        "--url",
        up.service().toString(),
        "--fleet",
        "nowhere",
        "--trust",
        trust(),
        "--cert",
        bootstrap(OTHER).toString(),
        "--out",
        folder.resolve("nowhere").toString());
    assertThat(unknownFleet.exitCode()).isEqualTo(4);
    assertThat(unknownFleet.err()).contains("404");
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(publish(DEVICE, DEVICE, "telemetry/sensors/" + DEVICE + "/t", "late")
                    .exitCode())
                .isNotZero());
  }

  @Test
  @Order(9)
  void aServiceThatIsAwayOrNotTrustedIsExitCodeThree() throws Exception {
    Launcher.Result away = script(
        "--url",
        "https://localhost:1",
        "--fleet",
        "sensors",
        "--trust",
        trust(),
        "--cert",
        bootstrap(OTHER).toString(),
        "--out",
        folder.resolve("away").toString());
    assertThat(away.exitCode()).isEqualTo(3);
    Launcher.Result untrusted = script(
        "--url",
        up.service().toString(),
        "--fleet",
        "sensors",
        "--trust",
        factory().resolve("factory-ca.pem").toString(),
        "--cert",
        bootstrap(OTHER).toString(),
        "--out",
        folder.resolve("untrusted").toString());
    assertThat(untrusted.exitCode()).isEqualTo(3);
  }

  @Test
  @Order(9)
  void aServiceThatIsBusyIsExitCodeFiveFromTheFirstRequestOn() throws Exception {
    HeldCertificate root =
        HeldCertificate.builder().commonName("busy").authority(0).build();
    HeldCertificate shown =
        HeldCertificate.builder().dns("localhost").signedBy(root).build();
    AtomicInteger asked = new AtomicInteger();
    HttpsServer busy = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    busy.setHttpsConfigurator(
        new HttpsConfigurator(shown.credential().tlsContext(List.of(root.certificate()))));
    busy.createContext("/", exchange -> {
      exchange.getResponseHeaders().set("Retry-After", "1");
      exchange.sendResponseHeaders(asked.getAndIncrement() % 2 == 0 ? 503 : 429, -1);
      exchange.close();
    });
    busy.start();
    try {
      Launcher.Result result = script(
          "--wait",
          "1",
          "--url",
          "https://localhost:" + busy.getAddress().getPort(),
          "--fleet",
          "sensors",
          "--trust",
          Files.writeString(folder.resolve("busy.pem"), root.certificatePem()).toString(),
          "--cert",
          bootstrap(OTHER).toString(),
          "--out",
          folder.resolve("busy").toString());
      assertThat(result.exitCode()).as(result.all()).isEqualTo(5);
      assertThat(result.err())
          .contains("asking again in 1 s", "the service says: later (429, in 1 s)");
      assertThat(asked).hasValue(2);
    } finally {
      busy.stop(0);
    }
  }

  /** Not foreign, but the same reader, and the same installation. */
  @Test
  @Order(9)
  void theDeviceSdkAsItsFirstPagesPrintIt() throws Exception {
    FirstDevice device = new FirstDevice(folder, up);
    device.begin();
    device.runs();
    device.leavesOnSigterm();
    device.runsWithPkcs12AndAFingerprint();
  }

  private static Launcher.Result enroll(String device) throws IOException {
    return script(
        "--url",
        up.service().toString(),
        "--fleet",
        "sensors",
        "--trust",
        trust(),
        "--cert",
        bootstrap(device).toString(),
        "--out",
        out(device).toString());
  }

  private static Launcher.Result publish(
      String credential, String clientId, String topic, String text) throws IOException {
    return Launcher.run(
        Map.of(),
        mosquitto("mosquitto_pub", own(credential), clientId, "-t", topic, "-q", "1", "-m", text));
  }

  private static List<String> mosquitto(
      String program, Path credential, String clientId, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        program,
        "-V",
        "mqttv5",
        "-h",
        "localhost",
        "-p",
        Integer.toString(up.mqttPort()),
        "--cafile",
        trust(),
        "--cert",
        credential.toString(),
        "--key",
        credential.toString(),
        "-i",
        clientId));
    command.addAll(List.of(more));
    return command;
  }

  private static Launcher.Result script(String... arguments) {
    List<String> command = new ArrayList<>(List.of("sh", SCRIPT));
    command.addAll(List.of(arguments));
    return Launcher.run(Map.of(), command);
  }

  private static Path factory() {
    return folder.resolve("factory");
  }

  /** Certificate and key in one file, as {@code --cert} alone takes them. */
  private static Path bootstrap(String device) throws IOException {
    Path files = factory().resolve("devices").resolve(device);
    Path both = folder.resolve(device + "-bootstrap.pem");
    Files.writeString(
        both,
        Files.readString(files.resolve("cert.pem")) + Files.readString(files.resolve("key.pem")));
    return both;
  }

  private static Path out(String device) {
    return folder.resolve("device-" + device);
  }

  private static Path own(String device) {
    return out(device).resolve("credential.pem");
  }

  private static Credential credential(String device) throws IOException {
    return new CredentialStore(own(device)).load().orElseThrow();
  }

  private static String trust() {
    return folder.resolve("mintmark-data/trust.pem").toString();
  }
}
