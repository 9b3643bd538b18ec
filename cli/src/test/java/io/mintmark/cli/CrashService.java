package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The service as a process of its own, on one data folder and the same ports at each start. */
final class CrashService implements AutoCloseable {

  /** What a shell and Java call the end by SIGKILL: 128 + 9. */
  private static final int KILLED = 137;

  private final Path data;
  private final Path log;
  private final int devicePort;
  private final int operatorPort;
  private Process process;

  CrashService(Path data) throws IOException {
    this.data = data;
    this.log = data.resolveSibling(data.getFileName() + ".log");
    this.devicePort = FreePort.find();
    this.operatorPort = FreePort.find();
  }

  Path data() {
    return data;
  }

  URI deviceUri() {
    return URI.create("https://localhost:" + devicePort);
  }

  /** The lines of this start. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** Starts the process and does not wait for it. */
  void start() throws IOException {
    process = Launcher.builder(
            Launcher.QUICK_START,
            Launcher.mintmarkCommand(
                "provisioning",
                "--data",
                data.toString(),
                "--device-port",
                Integer.toString(devicePort),
                "--operator-port",
                Integer.toString(operatorPort),
                "--status-port",
                "off"))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  void awaitUp() throws IOException {
    Awaitility.await("the service starts on what the last kill left")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !process.isAlive() || log().contains("Stop with Ctrl-C"));
    requireAlive();
  }

  void requireAlive() throws IOException {
    assertThat(process.isAlive()).as("it ended by itself: %s", log()).isTrue();
  }

  /** SIGKILL after so many milliseconds; it must still have been alive. */
  void killAfter(long millis) throws IOException, InterruptedException {
    assertThat(process.waitFor(millis, TimeUnit.MILLISECONDS))
        .as("it ended by itself: %s", log())
        .isFalse();
    kill();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor()).isEqualTo(KILLED);
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      Running.end(process, log);
    }
  }
}
