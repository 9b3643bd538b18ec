package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.simulators.results.Mark;
import io.mintmark.simulators.results.Results;
import io.mintmark.simulators.scenario.BuiltIn;
import io.mintmark.simulators.scenario.Draft;
import io.mintmark.simulators.scenario.Settings.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios at small size, all against one installation of a process each. */
@Timeout(300)
class SimulateIT {

  @TempDir
  static Path folder;

  private static OwnInstallation installation;

  @BeforeAll
  static void start() throws Exception {
    installation = new OwnInstallation(folder.resolve("own"), Duration.ZERO).start();
  }

  @AfterAll
  static void stop() {
    installation.close();
  }

  /** Fewer devices, for seconds; the last revokes some of them. */
  private static final Map<String, String[]> SMALL = Map.of(
      "enroll", new String[] {"concurrency", "2"},
      "connect", new String[] {},
      "telemetry", new String[] {"rate", "60/s", "duration", "2s", "receivers", "2"},
      "renew", new String[] {"over", "1s", "rate", "20/s"},
      "churn", new String[] {"duration", "2s", "away", "1s", "rate", "4/s"},
      "soak", new String[] {"duration", "3s", "every", "1s", "away", "1s"},
      "faults", new String[] {"duration", "1s", "begin", "0s", "over", "1s"},
      "rollover", new String[] {"change", "issuing", "rate", "20/s"},
      "revoke", new String[] {"revocations", "2"});

  private static final Set<String> ELSEWHERE = Set.of("attack", "faults");

  @Test
  void everyScenarioIsPlayed() throws Exception {
    // What is hostile or broken on purpose has tests of its own.
    assertThat(BuiltIn.names())
        .filteredOn(name -> !ELSEWHERE.contains(name))
        .hasSize(SMALL.size() - 1);
    assertThat(play("enroll").operations().get("enroll").count()).isEqualTo(4);

    Results connect = play("connect");
    assertThat(connect.operations().get("connect").count()).isEqualTo(4 + 4);
    assertThat(connect.operations()).doesNotContainKey("enroll");
    assertThat(connect.series()).isNotEmpty();

    Results telemetry = play("telemetry");
    assertThat(telemetry.counters().get("sent")).isGreaterThanOrEqualTo(120);
    assertThat(telemetry.counters().get("delivered"))
        .isEqualTo(telemetry.counters().get("sent"));
    assertThat(telemetry.operations().get("publish").count()).isEqualTo(120);
    assertThat(telemetry.operations().get("command").count()).isPositive();
    assertThat(telemetry.generator().ticks()).isGreaterThanOrEqualTo(120);

    assertThat(play("renew").operations().get("renew").count()).isEqualTo(4);
    assertThat(play("churn").operations().get("connect").count()).isGreaterThan(4);

    Results soak = play("soak");
    assertThat(soak.operations()).containsKeys("publish", "renew", "command", "connect");
    assertThat(soak.counters().get("generator.threads")).isPositive();

    assertThat(play("rollover").operations().get("rollover").count()).isEqualTo(1);

    Results revoke = play("revoke");
    assertThat(revoke.operations().get("cut").count()).isEqualTo(2);
    assertThat(revoke.counters()).containsEntry("comebacks", 0L);
  }

  @Test
  void faultsArePlayedAndPutRightAgain() throws Exception {
    Results faults = play("faults", "broken");
    assertThat(faults.counters().get("delivered")).isGreaterThanOrEqualTo(5 * 20);
    assertThat(faults.marks())
        .extracting(Mark::text)
        .contains("fault begins: kill-broker", "fault ends: kill-broker")
        .contains("fault begins: kill-service", "fault ends: kill-service")
        .contains("fault begins: clock-skew by 1970, share 50%");
  }

  private static Results play(String name) throws Exception {
    return play(name, name.equals("rollover") ? name : "simulated");
  }

  private static Results play(String name, String fleet) throws Exception {
    Draft draft = ScenarioFile.find(name)
        .withFleet("name", new Value(fleet, "test"))
        .withFleet("devices", new Value("4", "test"))
        .withFleet("lifetime", new Value(name.equals("rollover") ? "10s" : "1d", "test"));
    String[] settings = SMALL.get(name);
    for (int i = 0; i < settings.length; i += 2) {
      draft = draft.with(settings[i], new Value(settings[i + 1], "test"));
    }
    return PlayedScenario.of(draft.scenario(), installation, folder);
  }

  /** As an operator's Ctrl-C does, in the middle of an hour. */
  @Test
  void ctrlCStopsARunAndItsReportIsThere() throws Exception {
    Path out = folder.resolve("out");
    Path said = folder.resolve("said");
    List<String> command = new ArrayList<>(found("soak", "--devices", "3", "--fleet", "stopped"));
    command.addAll(List.of("--state", folder.resolve("stopped").toString()));
    command.addAll(List.of("--out", out.toString(), "--progress", "plain"));
    Process process = Launcher.builder(
            Launcher.QUICK_START,
            Launcher.interruptible(Launcher.mintmarkCommand(command.toArray(new String[0]))))
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> !process.isAlive() || Files.readString(said).contains("s telemetry"));
      assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS))
          .as(Files.readString(said))
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(130);
    assertThat(Files.readString(said)).contains("Stopping ...", "publish", "delivered");
    assertThat(Files.readString(said)).doesNotContain("command failed");
    JsonNode summary = new ObjectMapper().readTree(out.resolve("summary.json").toFile());
    assertThat(summary.path("stopped").asBoolean()).isTrue();
    assertThat(summary.path("operations").path("publish").path("count").asLong())
        .isPositive();
    assertThat(out.resolve("raw.jsonl")).isNotEmptyFile();
    assertThat(Files.readString(out.resolve("report.html"))).contains("</html>");
    String folderOfIt = out.toString();
    // How many are lost is known at the end only, so that nobody may say that none is.
    Launcher.Result report = Verbs.mintmark("simulate", "report", folderOfIt);
    assertThat(report.exitCode()).as(report.all()).isEqualTo(1);
    assertThat(report.out())
        .contains("stopped before its end")
        .contains("FAIL  lost==0: the run was stopped before it was counted");
    assertThat(Verbs.mintmark("simulate", "report", folderOfIt, folderOfIt)
            .succeeded()
            .out())
        .contains("publish");
  }

  /** As somebody who knows the addresses and the root, and no token. */
  @Test
  void strangersAttackWithWhatTheyHave() throws Exception {
    Path out = folder.resolve("stranger");
    List<String> command = new ArrayList<>(List.of("simulate", "attack", "--progress", "plain"));
    command.addAll(List.of("--moves", "certificate,tls,est,api.no-token,http.no-tls,websocket"));
    command.addAll(List.of("--out", out.toString()));
    command.addAll(List.of("--service", installation.service().toString()));
    command.addAll(List.of("--operator-url", installation.operatorApi().orElseThrow() + ""));
    command.addAll(
        List.of("--trust", folder.resolve("own/service/data/trust.pem").toString()));
    command.addAll(List.of("--broker", "localhost:" + installation.brokerPort()));
    Launcher.Result result = Launcher.run(
            Launcher.QUICK_START, Launcher.mintmarkCommand(command.toArray(new String[0])))
        .succeeded();
    assertThat(result.err())
        .contains("not tried certificate.leaf-as-ca: takes an operator's token")
        .contains("not tried websocket.no-certificate: takes MQTT over WebSocket");
    Results results = Results.read(out.resolve(SimulateCommand.SUMMARY));
    assertThat(results.counters())
        .containsEntry("moves", 14L)
        .containsEntry("leaks", 0L)
        .containsEntry("unproven", 0L);
    assertThat(results.counters().get("untried")).isGreaterThan(20);
    assertThat(results.operations().get("attack").count()).isEqualTo(14);
    command.set(1, "telemetry");
    command.removeAll(List.of("--moves", "certificate,tls,est,api.no-token,http.no-tls,websocket"));
    refused("needs --token-file as well", command);
  }

  @Test
  void anInstallationThatIsNotAsSaidIsOneLine() throws Exception {
    Path other = folder.resolve("other.pem");
    Files.writeString(
        other,
        HeldCertificate.builder().commonName("other").authority(0).build().certificatePem());
    refused("is not of the roots in " + other, found("enroll", "--trust", other.toString()));
    Path token = Files.writeString(folder.resolve("token"), "wrong");
    refused("refuses:", found("enroll", "--token-file", token.toString()));
    Path secret = Files.writeString(folder.resolve("secret"), "-----BEGIN\nsecret\n");
    refused(
        secret + " holds no operator token", found("enroll", "--token-file", secret.toString()));
    String broker = "https://localhost:" + installation.brokerPort();
    refused("what answers at " + broker + " is no service", found("enroll", "--service", broker));
    refused("use 'after: disconnect'", found("connect"));
    refused("allow it with --change-cas", found("rollover"));
    List<String> away = found("enroll");
    away.set(away.size() - 1, "localhost:1");
    refused("the broker at localhost:1 does not answer", away);
  }

  private static void refused(String why, List<String> command) {
    Launcher.Result result = Verbs.mintmark(command.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isEqualTo(2);
    assertThat(result.err()).contains(why);
    assertThat(result.err().strip().lines()).as(result.err()).hasSize(1);
    assertThat(result.err()).doesNotContain("secret\n");
  }

  /** Against the installation, as one that was there before; the broker's address comes last. */
  private static List<String> found(String scenario, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("simulate", scenario));
    command.addAll(List.of(more));
    command.addAll(List.of("--data", folder.resolve("own/service/data").toString()));
    command.addAll(List.of("--broker", "localhost:" + installation.brokerPort()));
    return command;
  }
}
