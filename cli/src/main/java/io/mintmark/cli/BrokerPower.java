package io.mintmark.cli;

import io.mintmark.identity.AtomicFile;
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

/** A broker of our own that may be switched off and on. Thread-safe. */
final class BrokerPower extends ChildPower<BrokerProcess> {

  private static final List<String> HOSTS = List.of("localhost", "127.0.0.1");
  private static final Duration INVITED_FOR = Duration.ofHours(1);
  private static final String NAME = "simulated";

  private final Path folder;
  private final RunningService service;
  private final List<String> options;
  private final int port;
  private final OptionalInt webSocketPort;

  private BrokerPower(
      Path folder, RunningService service, List<String> options, BrokerProcess process) {
    super(process, BrokerProcess::process);
    this.folder = folder;
    this.service = service;
    this.options = options;
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

  @Override
  public void stop() {
    end(BrokerProcess::stop);
  }

  @Override
  public void kill() {
    end(BrokerProcess::close);
  }

  @Override
  BrokerProcess again() throws IOException, CommandFailure {
    return run(
        folder,
        service,
        List.of(),
        Integer.toString(port),
        webSocketPort.isPresent() ? Integer.toString(webSocketPort.getAsInt()) : "off",
        options);
  }

  /** At once: what it keeps outlives that. */
  @Override
  public void close() {
    kill();
  }
}
