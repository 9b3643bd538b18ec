package io.mintmark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code mintmark provisioning} as a child of this process, on free ports of the loopback interface
 * and with this process's own Java, class path and JVM options.
 */
final class ServiceProcess implements AutoCloseable {

  private static final String UP = "Stop with Ctrl-C";

  private final ChildProcess process;
  private final Path data;

  private ServiceProcess(ChildProcess process, Path data) {
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
    return start(folder, environment, javaOptions, List.of("0", "0", statusPort));
  }

  /** Starts it again with the data of one that has ended, on the ports that one had. */
  static ServiceProcess again(Path folder) throws IOException, CommandFailure {
    Endpoints before = Endpoints.read(data(folder));
    return start(
        folder,
        Map.of(),
        List.of(),
        List.of(
            Integer.toString(before.service().getPort()),
            Integer.toString(before.operator().getPort()),
            before.status() == null ? "off" : Integer.toString(before.status().getPort())));
  }

  /**
   * @param ports for devices, operators and status
   */
  private static ServiceProcess start(
      Path folder, Map<String, String> environment, List<String> javaOptions, List<String> ports)
      throws IOException, CommandFailure {
    Files.createDirectories(folder);
    Path data = data(folder);
    List<String> options = new ArrayList<>(javaOptions);
    options.add(ChildProcess.temporaryFiles(folder));
    ChildProcess process = ChildProcess.start(
        ChildProcess.java(
            options,
            Mintmark.class,
            "provisioning",
            "--data",
            data.toString(),
            "--device-port",
            ports.get(0),
            "--operator-port",
            ports.get(1),
            "--status-port",
            ports.get(2)),
        environment,
        folder.resolve("service.log"));
    // What it says at the start is all it ever says there; its log goes to the file.
    process.awaitLine(UP, "a service");
    return new ServiceProcess(process, data);
  }

  /** Where a service of this folder has its data. */
  static Path data(Path folder) {
    return folder.resolve("data");
  }

  Path data() {
    return data;
  }

  /** Its process. */
  ProcessHandle handle() {
    return process.handle();
  }

  /** Ends it as a power cut would. */
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
