package io.mintmark.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code mintmark provisioning} as a child of this process, on free ports of the loopback interface
 * and with this process's own Java, class path and JVM options.
 */
final class ServiceProcess implements AutoCloseable {

  private static final String UP = "Stop with Ctrl-C";
  private static final long STOP_SECONDS = 20;

  private final Process process;
  private final Path data;

  private ServiceProcess(Process process, Path data) {
    this.process = process;
    this.data = data;
  }

  /**
   * Starts it; returns when it listens.
   *
   * @param folder for its data and its log; made when needed
   * @param environment variables besides this process's own
   * @param javaOptions JVM options besides this process's own
   * @param statusPort of CRLs and OCSP: 0 for a free one, or off
   * @throws CommandFailure if it ends instead
   */
  static ServiceProcess start(
      Path folder, Map<String, String> environment, List<String> javaOptions, String statusPort)
      throws IOException, CommandFailure {
    Files.createDirectories(folder);
    Path data = data(folder);
    Path log = folder.resolve("service.log");
    List<String> command =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Mintmark.class.getName(), "provisioning", "--data", data.toString()));
    command.addAll(
        List.of("--device-port", "0", "--operator-port", "0", "--status-port", statusPort));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    ServiceProcess started = new ServiceProcess(process, data);
    // What it says at the start is all it ever says there; its log goes to the file.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(UP)) {
        return started;
      }
    }
    started.close();
    throw new CommandFailure(
        CommandFailure.UNUSABLE,
        "a service did not start: " + Files.readString(log).strip());
  }

  /** Where a service of this folder has its data. */
  static Path data(Path folder) {
    return folder.resolve("data");
  }

  Path data() {
    return data;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
