package io.mintmark.cli;

import io.mintmark.broker.BrokerConfig;
import io.mintmark.broker.BrokerLimits;
import io.mintmark.broker.ConnectRates;
import io.mintmark.broker.Persistence;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Rate;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
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
      names = "--websocket-port",
      paramLabel = "PORT",
      defaultValue = "8884",
      description = "MQTT over WebSocket over mutual TLS, path /mqtt; 0 for any free one, 'off' for"
          + " none (default: ${DEFAULT-VALUE}).")
  private String websocketPort;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "9464",
      description = "Prometheus metrics, plain HTTP, path /metrics; 0 for any free one, 'off' for"
          + " none (default: ${DEFAULT-VALUE}).")
  private String metricsPort;

  @Option(
      names = "--metrics-bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address the metrics are served on (default: ${DEFAULT-VALUE}).")
  private String metricsBind;

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

  @Option(
      names = "--connect-rate",
      paramLabel = "RATE",
      defaultValue = "10000/s burst 50000",
      converter = RateOption.class,
      description = "CONNECTs of all clients together, or 'unlimited' (default: ${DEFAULT-VALUE}).")
  private Rate connectRate;

  @Option(
      names = "--device-connect-rate",
      paramLabel = "RATE",
      defaultValue = "300/m burst 600",
      converter = RateOption.class,
      description = "CONNECTs with one certificate, or 'unlimited' (default: ${DEFAULT-VALUE}).")
  private Rate deviceConnectRate;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "unlimited",
      converter = MostOption.class,
      description = "Connections open at once (default: ${DEFAULT-VALUE}).")
  private long maxConnections;

  @Option(
      names = "--max-packet-size",
      paramLabel = "BYTES",
      defaultValue = "1048576",
      description = "The longest MQTT packet a client may send (default: ${DEFAULT-VALUE}).")
  private int maxPacketSize;

  @Option(
      names = "--max-queued-messages",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Messages kept for a client that is away; more are dropped"
          + " (default: ${DEFAULT-VALUE}).")
  private int maxQueuedMessages;

  @Option(
      names = "--max-incoming-bandwidth",
      paramLabel = "BYTES",
      defaultValue = "unlimited",
      converter = MostOption.class,
      description = "Bytes a second read from all clients together (default: ${DEFAULT-VALUE}).")
  private long maxIncomingBandwidth;

  @Option(
      names = "--persistence",
      paramLabel = "file|memory",
      defaultValue = "file",
      description = "Where sessions, queued and retained messages are kept; in memory they are lost"
          + " when the broker ends (default: ${DEFAULT-VALUE}).")
  private String persistence;

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
    Ports.requireOrOff("--websocket-port", websocketPort);
    Ports.requireOrOff("--metrics-port", metricsPort);
    limits();
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

  /** What was said so far, for who has more to say. */
  BrokerConfig.Builder builder(Path folder, URI service, String bind) throws CommandFailure {
    BrokerConfig.Builder config = BrokerConfig.of(folder, service)
        .bindAddress(bind)
        .port(port)
        .websocketPort(websocketPort())
        .metrics(metricsBind, Ports.requireOrOff("--metrics-port", metricsPort))
        .maxStaleness(maxStaleness)
        .limits(limits())
        .persistence(persistence())
        .warmUp(warmUp);
    if (maxSessionStaleness != null) {
      config.maxSessionStaleness(maxSessionStaleness);
    }
    return config;
  }

  /** The port of MQTT over mutual TLS; 0 for any free one. */
  int port() {
    return port;
  }

  /** The port of MQTT over WebSocket; 0 for any free one. */
  int websocketPort() throws CommandFailure {
    return Ports.requireOrOff("--websocket-port", websocketPort);
  }

  /**
   * Where the broker listens, line by line as {@code up} and {@code broker} print it.
   *
   * @param port of MQTT over mutual TLS
   * @param webSocket of MQTT over WebSocket
   * @param metrics of its metrics
   */
  static void print(
      PrintWriter out, String host, int port, OptionalInt webSocket, OptionalInt metrics) {
    out.println("  MQTT, mutual TLS  " + host + ":" + port);
    webSocket.ifPresent(p -> out.println("  over WebSocket    " + Endpoints.webSocket(host, p)));
    metrics.ifPresent(p -> out.println("  metrics           port " + p));
  }

  private BrokerLimits limits() throws CommandFailure {
    try {
      return new BrokerLimits(
          new ConnectRates(connectRate, deviceConnectRate),
          maxConnections,
          maxPacketSize,
          maxQueuedMessages,
          maxIncomingBandwidth);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
  }
}
