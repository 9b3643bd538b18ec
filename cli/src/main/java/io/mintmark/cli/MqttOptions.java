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
      names = "--warm-up",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = DurationOrOff.class,
      description = "How long the broker at most practises connecting before its port opens, or off"
          + " (default: ${DEFAULT-VALUE}).")
  private Duration warmUp;

  /** Refuses what cannot be used before anything is started. */
  void check() throws CommandFailure {
    Ports.require("--mqtt-port", port);
  }

  BrokerConfig config(Path folder, URI service, String bind) {
    return BrokerConfig.of(folder, service)
        .bindAddress(bind)
        .port(port)
        .maxStaleness(maxStaleness)
        .warmUp(warmUp)
        .build();
  }
}
