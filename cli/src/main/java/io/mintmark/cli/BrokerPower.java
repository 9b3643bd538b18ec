package io.mintmark.cli;

import io.mintmark.identity.AtomicFile;
import io.mintmark.simulators.ProcessCpu;
import io.mintmark.simulators.scenario.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A broker of our own that may be switched off and on: a child process, on the same folder and the same
 * ports each time. Thread-safe.
 */
final class BrokerPower implements Target.Power, AutoCloseable {

  private static final List<String> HOSTS = List.of("localhost", "127.0.0.1");
  private static final Duration INVITED_FOR = Duration.ofHours(1);
  private static final String NAME = "simulated";

  private final Path folder;
  private final RunningService service;
  private final List<String> options;
  private final int port;
  private final OptionalInt webSocketPort;
  private BrokerProcess process;
  private Duration spent = Duration.ZERO;

  private BrokerPower(
      Path folder, RunningService service, List<String> options, BrokerProcess process) {
    this.folder = folder;
    this.service = service;
    this.options = options;
    this.process = process;
    this.port = process.address().getPort();
    this.webSocketPort = process.webSocketPort();
  }

  /**
   * Has it invited and starts it for the first time, on free ports; returns when it listens.
   *
   * @param folder its own, with its log; made when needed
   * @param options more of those of {@code mintmark broker}, which hold each time
   */
  static BrokerPower start(Path folder, RunningService service, List<String> options)
      throws IOException, CommandFailure {
    Files.createDirectories(folder);
    Path invitation = folder.resolve("invitation.pem");
    Instant endsAt = Instant.now().plus(INVITED_FOR).truncatedTo(ChronoUnit.SECONDS);
    AtomicFile.writeSecret(invitation, service.operator().inviteBroker(NAME, HOSTS, endsAt));
    return new BrokerPower(
        folder,
        service,
        List.copyOf(options),
        run(folder, service, List.of("--bootstrap", invitation.toString()), "0", "0", options));
  }

  private static BrokerProcess run(
      Path folder,
      RunningService service,
      List<String> first,
      String port,
      String webSocketPort,
      List<String> options)
      throws IOException, CommandFailure {
    List<String> arguments = new ArrayList<>(List.of(
        "broker",
        "--folder",
        folder.toString(),
        "--service",
        service.service().toString(),
        "--mqtt-port",
        port,
        "--websocket-port",
        webSocketPort,
        "--metrics-port",
        "off"));
    arguments.addAll(first);
    arguments.addAll(options);
    return BrokerProcess.start(
        ChildProcess.broker(
            List.of(ChildProcess.temporaryFiles(folder)),
            Mintmark.class,
            arguments.toArray(new String[0])),
        Map.of(),
        Cores.shared(),
        folder.resolve("broker.log"));
  }

  /** Where it listens on this machine. */
  int port() {
    return port;
  }

  /** Where it listens for MQTT over WebSocket, if it does. */
  OptionalInt webSocketPort() {
    return webSocketPort;
  }

  /** The processor time of all its processes so far. */
  synchronized Duration cpuTime() throws IOException {
    return process == null ? spent : spent.plus(ProcessCpu.of(process.process()));
  }

  @Override
  public synchronized void stop() {
    end(BrokerProcess::stop);
  }

  @Override
  public synchronized void kill() {
    end(BrokerProcess::close);
  }

  private void end(Consumer<BrokerProcess> way) {
    if (process != null) {
      spent = spent.plus(process.process().info().totalCpuDuration().orElse(Duration.ZERO));
      way.accept(process);
      process = null;
    }
  }

  @Override
  public synchronized void start() throws IOException {
    if (process == null) {
      try {
        process = run(
            folder,
            service,
            List.of(),
            Integer.toString(port),
            webSocketPort.isPresent() ? Integer.toString(webSocketPort.getAsInt()) : "off",
            options);
      } catch (CommandFailure e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /** At once: what it keeps outlives that. */
  @Override
  public void close() {
    kill();
  }
}
