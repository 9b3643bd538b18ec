package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
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
      names = "--max-session-staleness",
      paramLabel = "DURATION",
      converter = OutageOption.class,
      description = "How long sessions that are there stay without news from the service; off for"
          + " ever (default: 7d, or --max-staleness if that is longer).")
  private Duration maxSessionStaleness;

  /** Refuses what cannot be used before anything is started. */
  void check() throws CommandFailure {
    Ports.require("--mqtt-port", port);
  }

  BrokerConfig config(Path folder, URI service, String bind) {
    BrokerConfig.Builder config =
        BrokerConfig.of(folder, service).bindAddress(bind).port(port).maxStaleness(maxStaleness);
    if (maxSessionStaleness != null) {
      config.maxSessionStaleness(maxSessionStaleness);
    }
    return config.build();
  }
}
