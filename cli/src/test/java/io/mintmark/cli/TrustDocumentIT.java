package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.DocumentSection;
import io.mintmark.identity.testing.ForeignPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code docs/trust.md} prints about the CAs, from its first line to its last, run by one shell
 * in a folder like the reader's. A line that is said to be refused has to be. {@link AuditVerbsIT}
 * runs what is printed about the audit log; {@code StatusForeignIT} about CRLs and OCSP.
 */
@Timeout(300)
class TrustDocumentIT {

  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern REFUSED = Pattern.compile("(?m)^(\\./mintmark [^#\n]*)# refused.*$");
  private static final String TOKEN = "Where keys are";
  private static final String PRINTED_LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";
  private static final String ENROLL = "provisioning/factory/enroll.sh";

  @TempDir
  Path folder;

  @BeforeEach
  void launcher() throws IOException {
    Path launcher = Files.writeString(
        folder.resolve("mintmark"),
        "#!/bin/sh\nexec '" + Launcher.ROOT.resolve("mintmark") + "' \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }

  private static List<String> blocks(String section) throws IOException {
    List<String> found = SHELL
        .matcher(DocumentSection.of(Launcher.ROOT.resolve("docs/trust.md"), section))
        .results()
        .map(block -> REFUSED.matcher(block.group(1)).replaceAll("! $1"))
        .toList();
    assertThat(found).as(section).isNotEmpty();
    return found;
  }

  /** Stops at the first command that fails, or does not and should. */
  private Launcher.Result shell(Map<String, String> environment, String commands) {
    // A command after an exclamation mark never stops a shell by itself.
    String strict =
        commands.replaceAll("(?m)^! (.*)$", "if $1; then echo 'not refused: $1' >&2; exit 9; fi");
    Launcher.Result result = Launcher.run(
        environment, List.of("bash", "-exo", "pipefail", "-c", "cd '" + folder + "'\n" + strict));
    assertThat(result.exitCode()).as(result.all()).isZero();
    return result;
  }

  @Test
  void eachOperationOnTheCas() throws Exception {
    ForeignPrograms.require("curl", "openssl");
    Path data = folder.resolve("mintmark-data");
    try (Running service = Running.provisioning(data)) {
      enroll(service);
      corporateCa();
      StringBuilder commands = new StringBuilder();
      List<String> keys = blocks(TOKEN);
      blocks("The CAs").stream().filter(b -> !keys.contains(b)).forEach(commands::append);
      Launcher.Result result = shell(
          Launcher.QUICK_START,
          commands
              .toString()
              .replace("https://localhost:8443", service.service().toString()));
      assertThat(result.out())
          .contains("  away  ", "lists 0 revoked CAs", "reach: 0 of 1 devices hold it", "current")
          .contains("is retired", "is revoked");
      assertThat(result.err()).contains("0 of 1 devices hold it, 99% must");
    }
  }

  /** One device, to be asked about its bundle. */
  private void enroll(Running service) throws IOException {
    Path factory = folder.resolve("factory");
    Verbs.mintmark("factory", "--out", factory.toString(), "--fleet", "sensors", "--devices", "1")
        .succeeded();
    service.takeIn("sensors", factory.resolve("fleet.yaml"), factory.resolve("manifest.csv"));
    Path device = factory.resolve("devices/device-0001");
    Files.writeString(
        folder.resolve("bootstrap.pem"),
        Files.readString(device.resolve("cert.pem")) + Files.readString(device.resolve("key.pem")));
    shell(
        Map.of(),
        "sh '" + Launcher.ROOT.resolve(ENROLL) + "' --url " + service.service()
            + " --fleet sensors --trust mintmark-data/trust.pem --cert bootstrap.pem --out device");
    Credential.fromPem(Files.readString(folder.resolve("device/credential.pem")));
  }

  /** A root of somebody else's and a CA below it, as openssl makes them. */
  private void corporateCa() {
    shell(Map.of(), """
        openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem \\
          -subj '/CN=Corporate root' -days 3650 -addext keyUsage=critical,keyCertSign,cRLSign
        openssl req -newkey rsa:2048 -nodes -keyout between.key -out between.csr -subj /CN=Between
        printf 'basicConstraints=critical,CA:true\\nkeyUsage=critical,keyCertSign,cRLSign\\n' > ca.ext
        openssl x509 -req -in between.csr -CA root.pem -CAkey root.key -out between.pem \\
          -days 2000 -extfile ca.ext
        """);
  }

  @Test
  void keysInAToken() throws Exception {
    ForeignPrograms.require("softhsm2-util");
    Path settings = folder.resolve("softhsm2.conf");
    Path tokens = Files.createDirectory(folder.resolve("tokens"));
    Files.writeString(settings, "directories.tokendir = " + tokens + "\n");
    String commands = String.join("", blocks(TOKEN))
        .replace(PRINTED_LIBRARY, library().toString())
        .replace("./mintmark up\n", """
            ./mintmark up --device-port 0 --operator-port 0 --status-port 0 --mqtt-port 0 \\
              --websocket-port off --metrics-port off > log 2>&1 &
            for i in $(seq 300); do
              grep -q 'Stop with' log && break
              kill -0 $! && sleep 0.2
            done
            ./mintmark ca show $(./mintmark ca list | awk '$2 == "issuing" {print $1}')
            kill $!
            wait $! || true
            """);
    assertThat(commands).contains("seq 300");
    Launcher.Result result = shell(
        Map.of(
            "SOFTHSM2_CONF",
            settings.toString(),
            "MINTMARK_JAVA_OPTS",
            Launcher.QUICK_START.get("MINTMARK_JAVA_OPTS")),
        commands);
    assertThat(result.out()).contains("keyRef: pkcs11:issuing-", "key: here");
  }

  /** Where Debian has it, which depends on the architecture. */
  private static Path library() {
    return Stream.of(
            PRINTED_LIBRARY,
            "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so")
        .map(Path::of)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }
}
