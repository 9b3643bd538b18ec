package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A {@code ./mintmark} process that goes on running, driven from outside. */
final class Running implements AutoCloseable {

  private static final Pattern MQTT =
      Pattern.compile("(?:MQTT, mutual TLS +localhost:|is up on port )(\\d+)");

  private final Process process;
  private final Path output;
  private final Path data;

  private Running(Process process, Path output, Path data) {
    this.process = process;
    this.output = output;
    this.data = data;
  }

  /** {@code mintmark up} on free ports. */
  static Running start(Path data, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(
        "up",
        "--data",
        data.toString(),
        "--device-port",
        "0",
        "--operator-port",
        "0",
        "--status-port",
        "0",
        "--mqtt-port",
        "0",
        "--warm-up",
        "off"));
    arguments.addAll(List.of(more));
    return verb(data, arguments.toArray(new String[0]));
  }

  /** {@code mintmark provisioning} on free ports, without the one for status. */
  static Running provisioning(Path data) throws IOException {
    return provisioning(data, "off");
  }

  /**
   * {@code mintmark provisioning} on free ports.
   *
   * @param statusPort as the option takes it
   */
  static Running provisioning(Path data, String statusPort) throws IOException {
    return verb(
        data,
        "provisioning",
        "--data",
        data.toString(),
        "--device-port",
        "0",
        "--operator-port",
        "0",
        "--status-port",
        statusPort);
  }

  /**
   * Any verb that goes on running; returns when it says that it is up. A broker's ports of fixed
   * numbers are off unless they are named: tests run beside each other.
   */
  static Running verb(Path data, String... named) throws IOException {
    List<String> all = new ArrayList<>(List.of(named));
    for (String option : List.of("--websocket-port", "--metrics-port")) {
      if (List.of("up", "broker").contains(named[0]) && !all.contains(option)) {
        all.addAll(List.of(option, "off"));
      }
    }
    String[] arguments = all.toArray(new String[0]);
    Path output = Files.createTempFile("mintmark-running", ".log");
    Process process = Launcher.builder(Launcher.QUICK_START, Launcher.mintmarkCommand(arguments))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    Running running = new Running(process, output, data);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !process.isAlive() || running.log().contains("Stop with Ctrl-C"));
      if (!process.isAlive()) {
        throw new AssertionError(arguments[0] + " ended: " + running.log());
      }
      return running;
    } catch (RuntimeException | AssertionError e) {
      running.close();
      throw e;
    }
  }

  String log() throws IOException {
    return Files.readString(output);
  }

  int mqttPort() throws IOException {
    Matcher m = MQTT.matcher(log());
    if (!m.find()) {
      throw new AssertionError("no MQTT port in: " + log());
    }
    return Integer.parseInt(m.group(1));
  }

  URI service() throws IOException {
    return URI.create(endpoints().required("service").asText());
  }

  private JsonNode endpoints() throws IOException {
    return new ObjectMapper().readTree(Files.readString(data.resolve("endpoints.json")));
  }

  /** A verb against this installation. */
  Launcher.Result mintmark(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--data");
    all.add(data.toString());
    return Verbs.mintmark(all.toArray(new String[0]));
  }

  /** Has a factory's devices known: its fleet and the list of what it shipped. */
  void takeIn(String fleet, Path fleetFile, Path manifest) {
    mintmark("fleet", "apply", "-f", fleetFile.toString()).succeeded();
    mintmark("manifest", "import", "--fleet", fleet, manifest.toString()).succeeded();
  }

  /** SIGKILL, as a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Asks it to end as Ctrl-C does, which takes a broker seconds, and waits until it has. */
  void stop() throws IOException {
    end(process, output);
  }

  /** Ends it at once: what it keeps outlives that, and the next start finds it. */
  @Override
  public void close() throws IOException {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(output);
  }

  /** Ends a process by SIGTERM, which it must obey. */
  static void end(Process process, Path log) throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("it did not end on SIGTERM: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
