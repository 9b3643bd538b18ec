package io.mintmark.cli;

import io.mintmark.simulators.ProcessCpu;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A service of our own that may be switched off and on: a child process, on the same data and the same
 * ports each time. Thread-safe.
 */
final class ServicePower implements Target.Power, AutoCloseable {

  private final Path folder;
  private ServiceProcess process;
  private Duration spent = Duration.ZERO;

  private ServicePower(Path folder, ServiceProcess process) {
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts it for the first time, on free ports; returns when it listens.
   *
   * @param folder for its data and its log; made when needed
   * @param statusPort of CRLs and OCSP: 0 for a free one, or off
   */
  static ServicePower start(Path folder, String statusPort) throws IOException, CommandFailure {
    return new ServicePower(folder, ServiceProcess.start(folder, Map.of(), List.of(), statusPort));
  }

  /** Its data folder. */
  Path data() {
    return ServiceProcess.data(folder);
  }

  /** The processor time of all its processes so far. */
  synchronized Duration cpuTime() throws IOException {
    return process == null ? spent : spent.plus(ProcessCpu.of(process.handle()));
  }

  @Override
  public synchronized void stop() {
    end(ServiceProcess::close);
  }

  @Override
  public synchronized void kill() {
    end(ServiceProcess::kill);
  }

  private void end(Consumer<ServiceProcess> way) {
    if (process != null) {
      spent = spent.plus(process.handle().info().totalCpuDuration().orElse(Duration.ZERO));
      way.accept(process);
      process = null;
    }
  }

  @Override
  public synchronized void start() throws IOException {
    if (process == null) {
      try {
        process = ServiceProcess.again(folder);
      } catch (CommandFailure e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
