package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceException;
import io.mintmark.device.RefusedException;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.simulators.Factory;
import io.mintmark.simulators.FactoryOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that take trust back, on a service and a broker with devices connected. */
@Timeout(300)
class RevocationVerbsIT {

  @TempDir
  static Path folder;

  private static LocalInstallation installation;

  private FleetId fleet;
  private Factory factory;
  private List<DeviceId> devices;

  @BeforeAll
  static void start() throws Exception {
    installation = LocalInstallation.start(folder);
  }

  @AfterAll
  static void stop() {
    if (installation != null) {
      installation.close();
    }
  }

  /** Each test has a factory and a fleet of its own. */
  private void fleet(String name, String prefix) throws Exception {
    fleet = new FleetId(name);
    factory = Factory.open(folder.resolve("factory-" + name), FactoryOptions.of(fleet));
    devices = factory.make(prefix, 4);
    expect(mintmark("fleet", "apply", "-f", factory.fleetFile().toString()), 0, "created");
    expect(
        mintmark("manifest", "import", "--fleet", name, factory.manifest().toString()),
        0,
        "4 added");
  }

  private static Launcher.Result mintmark(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", folder.resolve("data").toString()));
    return Verbs.mintmark(all.toArray(new String[0]));
  }

  private static void expect(Launcher.Result result, int exitCode, String... words) {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    assertThat(result.all()).contains(words).doesNotContain("Exception");
    if (exitCode != 0) {
      assertThat(result.all()).hasLineCount(1);
    }
  }

  private DeviceClient device(int number) throws Exception {
    DeviceId id = devices.get(number);
    return DeviceClient.builder()
        .service(installation.service())
        .fleet(fleet)
        .broker(installation.brokerHost(), installation.brokerPort())
        .bootstrap(factory.credential(id))
        .trust(installation.trust())
        .folder(folder.resolve(id.value()))
        .build();
  }

  private DeviceClient connected(int number) throws Exception {
    DeviceClient client = device(number);
    start(client);
    assertThat(client.isConnected()).isTrue();
    return client;
  }

  /** The broker may hear a moment later than we do that it is allowed. */
  private static void start(DeviceClient client) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsInstanceOf(RefusedException.class)
        .untilAsserted(client::start);
  }

  private static void requireCut(DeviceClient... clients) {
    for (DeviceClient client : clients) {
      Awaitility.await().until(() -> !client.isConnected());
    }
  }

  @Test
  void aFleetIsCutAndComesBackAndGoesForGood() throws Exception {
    fleet("tanks", "tank");
    try (DeviceClient first = connected(0);
        DeviceClient second = connected(1)) {
      expect(
          mintmark("fleet", "suspend", "tanks"),
          0,
          ": suspend 4 devices of fleet tanks; it goes on if this command ends",
          ": suspended 4 devices of fleet tanks with 2 certificates, in ");
      requireCut(first, second);
    }
    try (DeviceClient stillOut = device(2)) {
      assertThatThrownBy(stillOut::start).isInstanceOf(DeviceException.class);
    }
    expect(mintmark("fleet", "release", "tanks"), 0, ": released 4 devices");
    try (DeviceClient first = connected(0);
        DeviceClient second = connected(1)) {
      expect(
          mintmark("fleet", "revoke", "tanks", "--reason", "keyCompromise"),
          0,
          ": revoked 4 devices of fleet tanks with 2 certificates");
      requireCut(first, second);
    }
    try (DeviceClient revoked = device(0);
        DeviceClient never = device(2)) {
      assertThatThrownBy(revoked::start).isInstanceOf(DeviceException.class);
      assertThatThrownBy(never::start).hasMessageContaining("is revoked");
    }
    expect(mintmark("revocation", "list"), 0, "VERB", "suspend", "release", "revoke");
    String run =
        mintmark("revocation", "list").out().lines().skip(1).findFirst().orElseThrow();
    expect(
        mintmark("revocation", "show", run.split(" ", 2)[0]),
        0,
        "done: 4",
        "certificates: 2",
        "finishedAt: ");
    expect(mintmark("device", "list", "--state", "revoked"), 0, "tank-0003", "keyCompromise");
  }

  @Test
  void whatIsBelowACaGoesWithIt() throws Exception {
    fleet("wells", "well");
    String serial;
    try (DeviceClient second = connected(1)) {
      // Closed before the next are counted: it might have another certificate by then.
      try (DeviceClient first = connected(0)) {
        serial = serial(0);
        expect(mintmark("certificate", "show", serial), 0, "state: issued", "/device/well-0001");
        expect(mintmark("certificate", "revoke", serial), 0, "well-0001 revoked");
        requireCut(first);
      }
      assertThat(second.isConnected()).isTrue();
      expect(
          mintmark(
              "ca",
              "revoke-issued",
              issuer(),
              "--before",
              Instant.now().toString(),
              "--reason",
              "cACompromise"),
          0,
          ": revoked 1 certificate of issuing CA",
          "1 certificate of brokers left out");
      requireCut(second);
    }
    expect(mintmark("certificate", "list", "--issuer", issuer()), 0, "cACompromise", "/broker/");
    try (DeviceClient again = device(2)) {
      start(again);
      expect(mintmark("factory-ca", "list"), 0, "trusted", "wells");
      expect(
          mintmark("factory-ca", "revoke", factoryCa(), "--reason", "cACompromise"),
          0,
          ": revoked 1 certificate that came of factory CA");
      requireCut(again);
    }
    try (DeviceClient late = device(3)) {
      assertThatThrownBy(late::start).hasMessageContaining("which was revoked at");
    }
  }

  private String serial(int device) throws Exception {
    Path stored = folder.resolve(devices.get(device).value()).resolve("credential.pem");
    return new CredentialStore(stored)
        .load()
        .orElseThrow()
        .certificate()
        .getSerialNumber()
        .toString(16);
  }

  private String issuer() {
    return mintmark("ca", "list")
        .out()
        .lines()
        .filter(line -> line.contains("issuing"))
        .findFirst()
        .orElseThrow()
        .split(" ", 2)[0];
  }

  private String factoryCa() {
    return mintmark("factory-ca", "list")
        .out()
        .lines()
        .filter(line -> line.contains(" " + fleet + " "))
        .findFirst()
        .orElseThrow()
        .split(" ", 2)[0];
  }

  @Test
  void aFleetAndAnApplicationAreRemoved() throws Exception {
    fleet("ponds", "pond");
    try (DeviceClient first = connected(0)) {
      expect(mintmark("fleet", "remove", "ponds"), 1, "has 4 devices neither revoked nor retired");
      assertThat(first.isConnected()).isTrue();
      expect(mintmark("fleet", "remove", "ponds", "--force"), 0, "ponds removed, devices 4");
      requireCut(first);
    }
    expect(mintmark("fleet", "show", "ponds"), 1, "fleet 'ponds' is not known");
    expect(mintmark("fleet", "apply", "-f", factory.fleetFile().toString()), 0, "created");
    connected(0).close();
    expect(mintmark("fleet", "revoke", "ponds"), 0, ": revoked 4 devices of fleet ponds");
    expect(mintmark("fleet", "remove", "ponds"), 0, "fleet ponds removed");

    String credential = folder.resolve("ponds.pem").toString();
    expect(mintmark("app", "apply", "ponds-reader", "--subscribe", "telemetry/#"), 0, "applied");
    expect(mintmark("app", "certificate", "ponds-reader", "--out", credential), 0, "valid until");
    expect(mintmark("app", "remove", "ponds-reader"), 1, "has 1 certificate still good");
    expect(mintmark("app", "remove", "ponds-reader", "--force"), 0, "certificates revoked 1");
    expect(mintmark("app", "remove", "ponds-reader"), 1, "'ponds-reader' is not known");
  }

  @Test
  void whatCannotBeDoneIsOneLineAndChangesNothing() throws Exception {
    fleet("valves", "valve");
    String before = mintmark("device", "list", "--fleet", "valves").out();
    expect(mintmark("certificate", "revoke", "abc"), 1, "serial abc was issued here");
    expect(mintmark("certificate", "show", "xyz"), 1, "'xyz' is none");
    expect(mintmark("certificate", "revoke", "1", "--issuer", "f"), 1, "there is no CA 'f'");
    expect(
        mintmark("device", "revoke", "valve-0001", "--reason", "keycompromise"),
        1,
        "did you mean 'keyCompromise'?");
    expect(mintmark("device", "retire", "nobody"), 1, "'nobody' is not known");
    expect(mintmark("device", "release", "valve-0001"), 1, "is pending, not suspended");
    expect(mintmark("fleet", "release", "valves"), 1, "'valves' is not suspended");
    expect(mintmark("fleet", "revoke", "none"), 1, "fleet 'none' is not known");
    expect(mintmark("factory-ca", "revoke", "00"), 1, "mintmark factory-ca list");
    expect(
        mintmark("ca", "revoke-issued", issuer(), "--before", "2999-01-01T00:00:00Z"),
        1,
        "which is to come");
    expect(mintmark("revocation", "resume", "777"), 1, "there is no run 777");
    assertThat(mintmark("ca", "revoke-issued", issuer(), "--before", "soon").exitCode())
        .isEqualTo(2);
    assertThat(mintmark("device", "list", "--fleet", "valves").out()).isEqualTo(before);
    expect(mintmark("device", "revoke", "valve-0001", "--reason", "superseded"), 0, "revoked");
    expect(mintmark("device", "revoke", "valve-0001"), 1, "since", "(superseded)");
  }

  @Test
  void whoIsConnectedIsShownThoughTheServiceWasAway() throws Exception {
    fleet("pumps", "pump");
    try (DeviceClient stays = connected(0)) {
      try (DeviceClient leaves = connected(1)) {
        assertThat(leaves.isConnected()).isTrue();
        shows("pump-0001", "presence: connected", "lastSeen: ", "state=connected", serial(0));
        shows("pump-0002", "presence: connected");
        shows("pump-0003", "presence: never");
        installation.stopService();
      }
      try (DeviceClient again = stored(folder.resolve("pump-0002"))) {
        again.start();
      }
      installation.startService();
      shows("pump-0002", "presence: away", "ended=closed", "broker=local");
      shows("pump-0001", "presence: connected");
      expect(mintmark("device", "list", "--connected", "--fleet", "pumps"), 0, "pump-0001");
      assertThat(mintmark("device", "list", "--connected").out()).doesNotContain("pump-0002");
      assertThat(mintmark("device", "list", "--clones", "--fleet", "pumps").out())
          .doesNotContain("pump-");
      expect(mintmark("broker", "list"), 0, "LASTHEARD", "local", "connected");
      // It has renewed and shows the new certificate to the broker alone.
      stays.renewNow().get();
      String next = serial(0);
      shows("pump-0001", next, "serial=" + next, "state=superseded");
    }
    shows("pump-0001", "presence: away", "ended=closed");
    expect(mintmark("device", "retire", "pump-0001", "pump-0002"), 0, "retired");
  }

  @Test
  void aCopiedKeyIsNoticedAndQuarantined() throws Exception {
    fleet("cranes", "crane");
    Files.writeString(
        factory.fleetFile(),
        Files.readString(factory.fleetFile()).stripTrailing() + "\n  clones: quarantine\n");
    expect(mintmark("fleet", "apply", "-f", factory.fleetFile().toString()), 0, "updated");
    connected(0).close();
    Path copy = Files.createDirectories(folder.resolve("copy"));
    Files.copy(
        folder.resolve("crane-0001").resolve("credential.pem"), copy.resolve("credential.pem"));
    try (DeviceClient right = stored(folder.resolve("crane-0001"));
        DeviceClient wrong = stored(copy)) {
      right.startInBackground();
      wrong.startInBackground();
      shows("crane-0001", "state: suspended", "reason: clone", "sign=fought-over", serial(0));
      requireCut(right, wrong);
    }
    expect(mintmark("device", "list", "--clones"), 0, "crane-0001", "suspended");
    expect(mintmark("device", "release", "crane-0001"), 0, "released");
    try (DeviceClient released = stored(folder.resolve("crane-0001"))) {
      start(released);
    }
    assertThat(mintmark("device", "list", "--clones").out()).doesNotContain("crane-0001");
    expect(mintmark("device", "retire", "crane-0001"), 0, "retired");
  }

  private DeviceClient stored(Path where) throws Exception {
    return DeviceClient.builder()
        .service(installation.service())
        .fleet(fleet)
        .broker(installation.brokerHost(), installation.brokerPort())
        .trust(installation.trust())
        .folder(where)
        .reconnectBackoff(Duration.ofMillis(50), Duration.ofMillis(500))
        .build();
  }

  /** Once the broker has told it. */
  private static void shows(String device, String... words) {
    Awaitility.await().pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
      Launcher.Result shown = mintmark("device", "show", device);
      assertThat(shown.all()).contains(words);
    });
  }

  /** docs/trust.md, as it is printed. */
  @Test
  void theDocumentsCommandsWork() throws Exception {
    fleet("sensors", "device");
    ForeignPrograms.require("openssl");
    connected(2).close();
    connected(3).close();
    installation.application("backend", TopicGrants.NONE);
    Files.createDirectories(folder.resolve("device"));
    Files.copy(
        folder.resolve(devices.get(2).value()).resolve("credential.pem"),
        folder.resolve("device/credential.pem"));
    Files.writeString(
            folder.resolve("mintmark"),
            "#!/bin/sh\nexec '" + Launcher.ROOT.resolve("mintmark") + "' \"$@\" --data '"
                + folder.resolve("data") + "'\n")
        .toFile()
        .setExecutable(true);
    String section =
        DocumentSection.of(Launcher.ROOT.resolve("docs/trust.md"), "Taking trust back");
    StringBuilder commands = new StringBuilder("cd '" + folder + "'\n");
    Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
        .matcher(section)
        .results()
        .forEach(block -> commands.append(block.group(1)));
    Launcher.Result result = Launcher.run(
        Launcher.QUICK_START, List.of("bash", "-exo", "pipefail", "-c", commands.toString()));
    assertThat(result.exitCode()).as(result.all()).isZero();
    assertThat(result.out())
        .contains(
            "device device-0002 retired", "revoked 2 devices of fleet sensors", " of issuing CA ");
  }
}
