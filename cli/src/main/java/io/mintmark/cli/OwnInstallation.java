package io.mintmark.cli;

import io.mintmark.identity.DurationText;
import io.mintmark.simulators.Authorities;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * A temporary installation of this process's own: service and broker on free ports of the loopback
 * interface, each a child process that may be stopped, killed and started again. Known before it is
 * started.
 */
final class OwnInstallation extends OperatedTarget implements AutoCloseable {

  /** A generator's devices do more than real ones. */
  private static final String SERVICE_YAML = "limits: {rates: {per-device: unlimited, per-fleet:"
      + " unlimited, connections-per-address: unlimited, requests-per-address: unlimited}}\n";

  private final Path folder;
  private final Duration warmUp;
  private ServicePower servicePower;
  private BrokerPower brokerPower;
  private RunningService running;

  /**
   * @param folder for its data and its logs
   * @param warmUp how long its broker practises before its port opens
   */
  OwnInstallation(Path folder, Duration warmUp) {
    this.folder = folder;
    this.warmUp = warmUp;
  }

  /** Starts it; returns when both listen. */
  OwnInstallation start() throws IOException, CommandFailure {
    Path data = Files.createDirectories(ServiceProcess.data(folder.resolve("service")));
    Files.writeString(data.resolve("service.yaml"), SERVICE_YAML);
    servicePower = ServicePower.start(folder.resolve("service"), "0");
    running = new RunningService("service", data);
    brokerPower = BrokerPower.start(
        brokerFolder(),
        running,
        List.of(
            "--connect-rate",
            "unlimited",
            "--device-connect-rate",
            "unlimited",
            "--warm-up",
            warmUp.isZero() ? "off" : DurationText.of(warmUp)));
    return this;
  }

  private Path brokerFolder() {
    return folder.resolve("broker");
  }

  @Override
  public String describe() {
    return "a temporary installation of its own: service and broker, a process each";
  }

  @Override
  public OperatorClient operator() {
    return running.operator();
  }

  @Override
  public URI service() {
    return running.service();
  }

  @Override
  public List<X509Certificate> trust() {
    return running.trust();
  }

  @Override
  public String brokerHost() {
    return "localhost";
  }

  @Override
  public int brokerPort() {
    return brokerPower.port();
  }

  @Override
  public Optional<URI> webSocket() {
    OptionalInt port = brokerPower.webSocketPort();
    return port.isPresent()
        ? Optional.of(URI.create("wss://localhost:" + port.getAsInt() + "/mqtt"))
        : Optional.empty();
  }

  @Override
  public Optional<URI> statusService() {
    return Optional.ofNullable(running.status());
  }

  @Override
  public Optional<Authorities> authorities() {
    return Optional.of(new OperatedAuthorities(
        running == null ? null : operator(),
        () -> BrokerFeed.roots(service(), brokerFolder(), trust())));
  }

  @Override
  public Optional<Power> servicePower() {
    return Optional.of(new Switch(() -> servicePower));
  }

  @Override
  public Optional<Power> brokerPower() {
    return Optional.of(new Switch(() -> brokerPower));
  }

  @Override
  public Optional<Duration> cpuTime() throws IOException {
    return brokerPower == null
        ? Optional.empty()
        : Optional.of(servicePower.cpuTime().plus(brokerPower.cpuTime()));
  }

  @Override
  public void close() {
    if (brokerPower != null) {
      brokerPower.close();
    }
    if (servicePower != null) {
      servicePower.kill();
    }
  }

  /** Of a part that is there once the installation was started. */
  private record Switch(Supplier<? extends Power> part) implements Power {
    @Override
    public void stop() throws IOException {
      part.get().stop();
    }

    @Override
    public void kill() throws IOException {
      part.get().kill();
    }

    @Override
    public void start() throws IOException {
      part.get().start();
    }
  }
}
