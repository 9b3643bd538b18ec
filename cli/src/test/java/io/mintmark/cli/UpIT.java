package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mintmark up} and the operator's verbs, as processes. */
@Timeout(300)
class UpIT {

  private static final List<String> PORTS = List.of(
      "--device-port",
      "--operator-port",
      "--status-port",
      "--mqtt-port",
      "--websocket-port",
      "--metrics-port");

  @TempDir
  Path folder;

  @Test
  void setsUpAnEmptyFolderAndComesBackAfterAKill() throws Exception {
    Path data = folder.resolve("data");
    String root;
    try (Running up = Running.start(data, "--trust-domain", "plant.example")) {
      assertThat(up.log()).contains("trust domain plant.example").contains("crypto provider");
      root = Files.readString(data.resolve("trust.pem"));
      for (String secret : new String[] {
        "passphrase",
        "ca/root.p12",
        "ca/issuing.p12",
        "service.pem",
        "operator.token",
        "broker/credential.pem"
      }) {
        assertThat(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(secret))))
            .as(secret)
            .isEqualTo("rw-------");
      }
      String token = Files.readString(data.resolve("operator.token")).strip();
      String passphrase = Files.readString(data.resolve("passphrase")).strip();
      assertThat(up.log()).doesNotContain(token).doesNotContain(passphrase);
      up.kill();
    }
    try (Running up = Running.start(data)) {
      assertThat(up.log()).contains("trust domain plant.example");
      assertThat(Files.readString(data.resolve("trust.pem"))).isEqualTo(root);
      assertThat(up.mintmark("fleet", "list").exitCode()).isZero();
      up.stop();
    }
  }

  @Test
  void operatorVerbsSayWhatWasWrong() throws Exception {
    Path data = folder.resolve("data");
    try (Running up = Running.start(data)) {
      Path factory = folder.resolve("factory");
      assertThat(Verbs.mintmark(
                  "factory", "--out", factory.toString(), "--fleet", "sensors", "--devices", "2")
              .exitCode())
          .isZero();
      Path fleet = factory.resolve("fleet.yaml");
      Path typo = factory.resolve("typo.yaml");
      Files.writeString(typo, Files.readString(fleet).replace("enrolment:", "enrollment:"));
      expect(up.mintmark("fleet", "apply", "-f", typo.toString()), 1, "enrollment", "enrolment");
      expect(up.mintmark("fleet", "apply", "-f", "/no/such.yaml"), 1, "/no/such.yaml");
      expect(up.mintmark("fleet", "apply", "-f", fleet.toString()), 0, "created");
      expect(up.mintmark("fleet", "apply", "-f", fleet.toString()), 0, "unchanged");

      Path manifest = folder.resolve("bad.csv");
      Files.writeString(manifest, "device,pin\nok-1,\nbad/id,\nok-2,sha256:12\nok-1,\n");
      expect(
          up.mintmark("manifest", "import", "--fleet", "sensors", manifest.toString()),
          1,
          "line 3",
          "line 4",
          "line 5",
          "bad/id");
      assertThat(up.mintmark("device", "list").out()).doesNotContain("ok-1");
      expect(
          up.mintmark(
              "manifest",
              "import",
              "--fleet",
              "sensors",
              factory.resolve("manifest.csv").toString()),
          0,
          "2 added");
      expect(up.mintmark("manifest", "import", "--fleet", "none", manifest.toString()), 1, "none");
      Path named = Files.writeString(folder.resolve("named.yaml"), """
          fleet: named
          enrolment: {mode: claim}
          certificate: {dns-names: ["${device}.example.org"]}
          """);
      expect(up.mintmark("fleet", "apply", "-f", named.toString()), 0, "created");
      Path capitals = Files.writeString(folder.resolve("capitals.csv"), "device\nA-1\na-2\n");
      expect(
          up.mintmark("manifest", "import", "--fleet", "named", capitals.toString()),
          0,
          "2 added",
          "warning: line 2: device id 'A-1' makes no DNS name");
      expect(up.mintmark("device", "list"), 0, "device-0001", "pending");
      expect(up.mintmark("device", "show", "device-0002"), 0, "device-0002", "sensors");
      expect(up.mintmark("device", "show", "nobody"), 1, "nobody");
      expect(up.mintmark("device", "revoke", "nobody"), 1, "nobody");
      expect(up.mintmark("device", "revoke", "device-0002", "--reason", "bored"), 1, "bored");
      expect(up.mintmark("device", "suspend", "device-0002"), 0, "suspended");
      expect(up.mintmark("device", "release", "device-0002"), 0, "released");
      expect(up.mintmark("device", "revoke", "device-0002"), 0, "revoked");
      expect(up.mintmark("renew-early", "--fleet", "sensors", "--over", "2h"), 0, "fleet sensors");
      expect(up.mintmark("renew-early", "--fleet", "none"), 1, "none");
      expect(up.mintmark("renew-early", "--issuer", "00ff"), 1, "this service issues with");
      expect(up.mintmark("renew-early"), 2, "--fleet");
      expect(up.mintmark("device", "release", "device-0002"), 1, "revoked");

      Path wrongToken = folder.resolve("token");
      Files.writeString(wrongToken, "not-the-token");
      Launcher.Result refused = up.mintmark("fleet", "list", "--token-file", wrongToken.toString());
      expect(refused, 1, "token");
      assertThat(refused.all()).doesNotContain("not-the-token");
    }
    expect(
        Verbs.mintmark("fleet", "list", "--data", folder.resolve("none").toString()),
        2,
        "mintmark up");
    expect(Verbs.mintmark("fleet", "list", "--data", data.toString()), 2, "does not answer");
  }

  @Test
  void whatCannotBeStartedIsOneLineAndExitCodeTwo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      for (String option : PORTS) {
        Path data = folder.resolve("taken" + option);
        Launcher.Result result = upOnFreePorts(data, option, port);
        expect(result, 2, port);
        assertThat(errorLines(result)).as(result.all()).isEqualTo(1);
      }
    }
    Path newer = Files.createDirectory(folder.resolve("newer"));
    Files.writeString(newer.resolve("version"), "999\n");
    expect(upOnFreePorts(newer), 2, "999", "newer");

    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    expect(upOnFreePorts(file), 2, "file");
    expect(upOnFreePorts(Path.of("/proc/mintmark")), 2, "/proc/mintmark");
    expect(upOnFreePorts(folder.resolve("x"), "--device-port", "70000"), 2, "70000");
    expect(upOnFreePorts(folder.resolve("x"), "--trust-domain", "No Good"), 2, "No Good");
    expect(upOnFreePorts(folder.resolve("x"), "--status-port", "none"), 2, "'none'", "or off");
    expect(upOnFreePorts(folder.resolve("x"), "--websocket-port", "no"), 2, "'no'", "or off");
    expect(upOnFreePorts(folder.resolve("x"), "--connect-rate", "fast"), 2, "'fast' is not a rate");
    expect(
        upOnFreePorts(folder.resolve("x"), "--max-packet-size", "3"), 2, "cannot be 3: use 1024");
  }

  @Test
  void oneFolderServesOneProcess() throws Exception {
    Path data = folder.resolve("data");
    try (Running up = Running.start(data)) {
      expect(upOnFreePorts(data), 2, "in use");
      assertThat(up.mintmark("fleet", "list").exitCode()).isZero();
    }
  }

  private static Launcher.Result upOnFreePorts(Path data, String... more) {
    List<String> arguments = new ArrayList<>(List.of("up", "--data", data.toString()));
    for (String option : PORTS) {
      if (!List.of(more).contains(option)) {
        arguments.add(option);
        arguments.add("0");
      }
    }
    arguments.addAll(List.of(more));
    return Verbs.mintmark(arguments.toArray(new String[0]));
  }

  private static long errorLines(Launcher.Result result) {
    return result.err().lines().filter(l -> l.startsWith("mintmark: ")).count();
  }

  private static void expect(Launcher.Result result, int exitCode, String... words)
      throws IOException {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    assertThat(result.all()).contains(words);
    assertThat(result.all()).doesNotContain("Exception").doesNotContain("\tat ");
  }
}
