package io.mintmark.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A service of our own that may be switched off and on. Thread-safe. */
final class ServicePower extends ChildPower<ServiceProcess> {

  private final Path folder;

  private ServicePower(Path folder, ServiceProcess process) {
    super(process, ServiceProcess::handle);
    this.folder = folder;
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

  @Override
  public void stop() {
    end(ServiceProcess::close);
  }

  @Override
  public void kill() {
    end(ServiceProcess::kill);
  }

  @Override
  ServiceProcess again() throws IOException, CommandFailure {
    return ServiceProcess.again(folder);
  }

  @Override
  public void close() {
    stop();
  }
}
