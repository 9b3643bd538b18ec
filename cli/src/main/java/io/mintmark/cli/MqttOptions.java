package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.Persistence;
import io.mintmark.identity.Printable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How a broker is started, alone or as part of {@code up}. */
final class MqttOptions {

  @Option(
      names = "--mqtt-port",
      paramLabel = "PORT",
      defaultValue = "8883",
      description = "MQTT over mutual TLS, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--max-staleness",
      paramLabel = "DURATION",
      defaultValue = "24h",
      converter = DurationOption.class,
      description = "How long the broker admits new connections without news from the service"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration maxStaleness;

  @Option(
      names = "--persistence",
      paramLabel = "file|memory",
      defaultValue = "file",
      description = "Where sessions, queued and retained messages are kept; in memory they are lost"
          + " when the broker ends (default: ${DEFAULT-VALUE}).")
  private String persistence;

  /** Refuses what cannot be used before anything is started. */
  void check() throws CommandFailure {
    Ports.require("--mqtt-port", port);
    persistence();
  }

  private Persistence persistence() throws CommandFailure {
    return switch (persistence) {
      case "file" -> Persistence.FILE;
      case "memory" -> Persistence.MEMORY;
      default ->
        throw new CommandFailure(
            CommandFailure.UNUSABLE,
            "--persistence '" + Printable.of(persistence) + "' is neither file nor memory");
    };
  }

  BrokerConfig config(Path folder, URI service, String bind) throws CommandFailure {
    return BrokerConfig.of(folder, service)
        .bindAddress(bind)
        .port(port)
        .maxStaleness(maxStaleness)
        .persistence(persistence())
        .build();
  }
}
