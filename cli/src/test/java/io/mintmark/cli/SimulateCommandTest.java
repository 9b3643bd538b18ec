package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be played is one line and exit code 2. */
class SimulateCommandTest {

  @TempDir
  Path folder;

  @Test
  void listsAndShowsTheScenarios() {
    assertThat(Verbs.mintmark("simulate", "--list").succeeded().out())
        .contains("enroll", "soak", "A wave of renewals");
    assertThat(Verbs.mintmark("simulate", "--show", "telemetry").succeeded().out())
        .startsWith("name: telemetry\n");
  }

  @Test
  void namesAndValuesThatAreNot() throws Exception {
    refused("a scenario is needed");
    refused("there is no scenario 'telemetri': did you mean 'telemetry'?", "telemetri");
    refused("there is no file", "nowhere.yaml");
    refused("did you mean 'telemetry'?", "--show", "telemetri");
    refused("there is no option '--devcies': did you mean --devices?", "connect", "--devcies", "3");
    refused("--rate: 'rate' of telemetry: '0/s' is not a rate", "telemetry", "--rate", "0/s");
    refused("'9999999/s' is not a rate", "telemetry", "--rate", "9999999/s");
    refused("--qos: 'qos' of telemetry: '3' is not possible", "telemetry", "--qos", "3");
    refused("the device SDK knows QoS 0 and 1", "telemetry", "--qos", "2");
    refused("--payload: none of enroll in the scenario enroll", "enroll", "--payload", "3");
    refused("'many' is not possible", "enroll", "--devices", "many");
    refused("engine sdk plays up to 2000 devices", "enroll", "--devices", "2001");
    refused("cannot be 'fast': use sdk, swarm", "enroll", "--engine", "fast");
    refused("certificates live 7d", "rollover", "--lifetime", "7d");
    refused("--progress 'loud' is not known", "enroll", "--progress", "loud");
    refused("--state keeps the devices", "enroll", "--state", folder.toString());
    refused("'lozt' is measured by no run: did you mean 'lost'?", "enroll", "--expect", "lozt==0");
    Path file = Files.writeString(folder.resolve("bad.yaml"), "steps:\n- wait: {duration: x}\n");
    refused("line 2: 'duration' of wait: 'x' is not a duration", file.toString());
    refused("is a file: name a folder", "enroll", "--out", file.toString());
    refused("--out is empty", "enroll", "--out", "");
    refused("cannot be made", "enroll", "--out", file.resolve("below").toString());
    Path none = folder.resolve("none");
    refused("there are 5 devices", "revoke", "--devices", "5", "--out", none.toString());
    assertThat(none).doesNotExist();
    refused("'more' is one too many", "enroll", "more");
    refused("enroll needs devices", "enroll", "--devices", "0");
    refused("there are 5 devices: use fewer", "revoke", "--devices", "5");
    Files.writeString(file, "steps: [enroll, {renew: {over: 5s}, connect: {}}]\n");
    refused("step 2 of the scenario " + file + ": renew needs devices that are", file.toString());
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    refused("it is not text in UTF-8", file.toString());
  }

  @Test
  void installationsThatAreNotThere() throws Exception {
    refused(
        "is 'mintmark up' or 'mintmark provisioning' running with it?",
        "enroll",
        "--data",
        folder.toString());
    refused(
        "needs --operator-url, --token-file, --trust, --broker as well",
        "enroll",
        "--service",
        "https://localhost:1");
    refused(
        "elsewhere needs --trust, --broker as well", "attack", "--service", "https://localhost:1");
    Path token = Files.writeString(folder.resolve("token"), "secret");
    Path trust = Files.writeString(folder.resolve("trust.pem"), "nothing");
    refused("--trust " + trust, remote("https://localhost:1", trust, token, "localhost:1"));
    Files.writeString(
        trust,
        HeldCertificate.builder()
            .commonName("somebody's root")
            .authority(0)
            .build()
            .certificatePem());
    refused(
        "the service at localhost:" + closedPort() + " does not answer",
        remote("https://localhost:" + closedPort(), trust, token, "localhost:1"));
    refused(
        "the service at 127.0.0.77:443 ",
        remote("https://127.0.0.77", trust, token, "localhost:1"));
    refused(
        "--broker 'localhost' is not HOST:PORT",
        remote("https://localhost:1", trust, token, "localhost"));
    refused(
        "--service 'http://localhost:1' is not an address of it",
        remote("http://localhost:1", trust, token, "localhost:1"));
  }

  private static int closed;

  private static int closedPort() throws IOException {
    if (closed == 0) {
      try (ServerSocket socket = new ServerSocket(0)) {
        closed = socket.getLocalPort();
      }
    }
    return closed;
  }

  private static String[] remote(String service, Path trust, Path token, String broker) {
    return new String[] {
      "enroll",
      "--service",
      service,
      "--operator-url",
      "https://localhost:1",
      "--trust",
      trust.toString(),
      "--token-file",
      token.toString(),
      "--broker",
      broker
    };
  }

  private static void refused(String why, String... arguments) {
    List<String> all = new ArrayList<>(List.of("simulate"));
    all.addAll(List.of(arguments));
    Launcher.Result result = Verbs.mintmark(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isEqualTo(2);
    assertThat(result.err()).contains(why).doesNotContain("\tat ", "Exception");
    assertThat(result.err().strip().lines()).as(result.err()).hasSize(1);
    assertThat(result.out()).isEmpty();
  }
}
