package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.testing.DocumentSection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * Who reads the device SDK's first pages and types what is printed there, in a folder of his own.
 *
 * @param folder where he is; the service's data is in its {@code mintmark-data}
 * @param up what he started in another terminal; only its ports are others
 */
record FirstDevice(Path folder, Running up) {

  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final String VERB = "./mintmark ";
  private static final Pattern IN_FOLDER = Pattern.compile("(?<= )(factory\\b\\S*|\\S+\\.pem)");
  private static final String COMMAND = "mosquitto_pub -h localhost -p 8883 -V mqttv5 -i desk"
      + " --cafile mintmark-data/trust.pem --cert desk.pem --key desk.pem -q 1"
      + " -t commands/sensors/device-0002/lamp -m on";
  private static final Path README = Launcher.ROOT.resolve("README.md");
  private static final Path PAGE = Launcher.ROOT.resolve("docs/sdk/getting-started.md");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** From nothing to a device that publishes, obeys and is thrown out. */
  void begin() throws Exception {
    String page = Files.readString(PAGE);
    for (String block : blocks(README, "A device on the SDK")) {
      assertThat(page).contains(block.replaceAll(" +# .*", "").lines().toList());
    }
    type(blocks(PAGE, "Make a device").get(0));
    assertThat(type(blocks(PAGE, "Try it without code").get(0)))
        .contains(
            "enrolled as spiffe://mintmark.local/fleet/sensors/device/device-0002, good until")
        .contains("connected", "published 1 line to telemetry/sensors/device-0002/lines");
    List<String> example = blocks(PAGE, "Run the example");
    Path said = Files.createTempFile(folder, "thermometer", ".log");
    Process thermometer = Launcher.builder(environment(), bash("exec " + example.get(0)))
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    try {
      says(said, "enrolled as spiffe://mintmark.local/fleet/sensors/device/device-0003");
      says(said, "\ntemperature ");
      assertThat(type(example.get(1))).contains("telemetry/sensors/device-0003/temperature ");
      assertThat(type(example.get(2))).contains("a reading every 5 s");
      List<String> breaks = blocks(PAGE, "Try what breaks devices");
      type(breaks.get(0));
      assertThat(Files.readString(said)).doesNotContain("LOST", "Exception", "could not", "nobody");
      type(breaks.get(1));
      says(said, "REFUSED");
    } finally {
      Running.end(thermometer, said);
    }
  }

  /** The command-line device of the same pages, and what it says when it is not let. */
  void runs() throws Exception {
    String device = folder.resolve("factory/devices/device-0002").toString();
    PipedOutputStream typed = new PipedOutputStream();
    try (InputStream input = new PipedInputStream(typed)) {
      StringWriter out = new StringWriter();
      CompletableFuture<Launcher.Result> running =
          CompletableFuture.supplyAsync(() -> run(input, out, device));
      await().atMost(PATIENCE).until(() -> {
        Launcher.run(environment(), bash(COMMAND)).succeeded();
        return running.isDone() || !out.toString().isEmpty();
      });
      assertThat(out.toString()).startsWith("commands/sensors/device-0002/lamp on\n");
      typed.write("a\nb\n".getBytes(StandardCharsets.UTF_8));
      typed.close();
      assertThat(running.join().succeeded().err())
          .contains("connected, the session was kept", "published 2 lines")
          .doesNotContain("enrolled");
    }
    refused(run(InputStream.nullInputStream(), new StringWriter(), device, "--topic", "${x}"), 2);
    refused(run(line(), new StringWriter(), device, "--topic", "telemetry/other"), 1);
    String gone = folder.resolve("factory/devices/device-0003").toString();
    refused(run(InputStream.nullInputStream(), new StringWriter(), gone), 1);
  }

  /** A process of its own, ended as whoever runs services does: it says goodbye. */
  void leavesOnSigterm() throws Exception {
    String device = "device-0002";
    Path said = Files.createTempFile(folder, "ended", ".log");
    Process process = Launcher.builder(
            environment(),
            bash("exec ./mintmark device run --data mintmark-data factory/devices/" + device))
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    try {
      says(said, "connected");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(shown(device)).contains("presence: connected"));
    } finally {
      Running.end(process, said);
    }
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(Files.readString(said)).doesNotContain("mintmark: ", "Exception");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(shown(device)).contains("presence: away", "ended=closed"));
  }

  private String shown(String device) {
    return up.mintmark("device", "show", device).succeeded().out();
  }

  /** What a factory may give it instead: a PKCS#12 file, and the root's fingerprint. */
  void runsWithPkcs12AndAFingerprint() throws IOException {
    Launcher.Result made = Launcher.run(environment(), bash("""
        printf secret > passphrase
        openssl pkcs12 -export -in factory/devices/device-0004/cert.pem -passout file:passphrase \\
          -inkey factory/devices/device-0004/key.pem -out factory.p12
        openssl x509 -in mintmark-data/trust.pem -noout -fingerprint -sha256
        """)).succeeded();
    String[] arguments = {
      folder.resolve("fourth").toString(),
      "--fleet",
      "sensors",
      "--bootstrap",
      folder.resolve("factory.p12").toString(),
      "--passphrase-file",
      folder.resolve("passphrase").toString(),
      "--trust-fingerprint",
      made.out().replaceFirst(".*=", "").strip()
    };
    assertThat(run(line(), new StringWriter(), arguments).succeeded().err())
        .contains("device/device-0004", "published 1 line to");
  }

  private static void refused(Launcher.Result result, int exitCode) {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    String last = result.err().lines().reduce((before, line) -> line).orElseThrow();
    assertThat(last).startsWith("mintmark: ").containsPattern("not authorized|refused|one of");
  }

  private static InputStream line() {
    return new ByteArrayInputStream("x\n".getBytes(StandardCharsets.UTF_8));
  }

  /** The verb in this process, with an input of its own. */
  private Launcher.Result run(InputStream input, StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine program = Mintmark.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
    DeviceRunCommand verb =
        program.getSubcommands().get("device").getSubcommands().get("run").getCommand();
    verb.input = input;
    List<String> all = new ArrayList<>(List.of("device", "run", "--data", data().toString()));
    all.addAll(List.of(arguments));
    int exitCode = program.execute(all.toArray(new String[0]));
    return new Launcher.Result(exitCode, out.toString(), err.toString());
  }

  private static List<String> blocks(Path document, String section) throws IOException {
    List<String> found = SHELL
        .matcher(DocumentSection.of(document, section))
        .results()
        .map(block -> block.group(1))
        .toList();
    assertThat(found).as(section).isNotEmpty();
    return found;
  }

  /** Each command of a block: a verb alone in this process, which is quicker, all else by a shell. */
  private String type(String block) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line :
        block.replace("\\\n", " ").replaceAll(" +# .*", "").lines().toList()) {
      Launcher.Result result = line.startsWith(VERB) && !line.contains("|")
          ? verb(line.substring(VERB.length()))
          : Launcher.run(environment(), bash(line));
      said.append(result.succeeded().all());
    }
    return said.toString();
  }

  private Launcher.Result verb(String line) {
    String there =
        IN_FOLDER.matcher(line).replaceAll(Matcher.quoteReplacement(folder + "/") + "$1");
    String[] words = Pattern.compile(" +").split(there.replace("'", ""), -1);
    // Where the factory stands, there is no service.
    return line.startsWith("factory ") ? Verbs.mintmark(words) : up.mintmark(words);
  }

  private List<String> bash(String command) throws IOException {
    String here = command
        .replace("-p 8883", "-p " + up.mqttPort())
        .replace("./mintmark", "'" + Launcher.ROOT.resolve("mintmark") + "'")
        .replace(
            "java -jar ",
            "\"$JAVA_HOME/bin/java\" -XX:TieredStopAtLevel=1 -jar '" + Launcher.ROOT + "'/");
    return List.of("bash", "-eo", "pipefail", "-c", "cd '" + folder + "'\n" + here);
  }

  private Map<String, String> environment() throws IOException {
    return Map.of(
        "MINTMARK_JAVA_OPTS",
        Launcher.QUICK_START.get("MINTMARK_JAVA_OPTS"),
        "SERVICE",
        up.service().toString(),
        "BROKER",
        "mqtts://localhost:" + up.mqttPort());
  }

  private Path data() {
    return folder.resolve("mintmark-data");
  }

  private static void says(Path log, String words) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Files.readString(log)).contains(words));
  }
}
