package io.mintmark.broker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * What the runnable broker needs to know. Immutable; the values are judged when the broker starts.
 */
public final class BrokerConfig {

  /** For {@link Builder#maxStaleness}, where nobody chose another. */
  public static final Duration DEFAULT_MAX_STALENESS = Duration.ofHours(24);

  /** For {@link Builder#maxSessionStaleness}. */
  public static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  /** Where a port may be left out: not this one. */
  public static final int NO_PORT = -1;

  private final Path folder;
  private final URI service;
  private final String bindAddress;
  private final int port;
  private final int websocketPort;
  private final String metricsAddress;
  private final int metricsPort;
  private final Duration maxStaleness;
  private final Duration maxSessionStaleness;
  private final BrokerLimits limits;
  private final Path bootstrap;
  private final Persistence persistence;
  private final Duration warmUp;

  private BrokerConfig(Builder builder) {
    this.folder = builder.folder;
    this.service = builder.service;
    this.bindAddress = builder.bindAddress;
    this.port = builder.port;
    this.websocketPort = builder.websocketPort;
    this.metricsAddress = builder.metricsAddress;
    this.metricsPort = builder.metricsPort;
    this.maxStaleness = builder.maxStaleness;
    this.maxSessionStaleness = builder.maxSessionStaleness;
    this.limits = builder.limits;
    this.bootstrap = builder.bootstrap;
    this.persistence = builder.persistence;
    this.warmUp = builder.warmUp;
  }

  /**
   * A configuration with defaults for all else.
   *
   * @param folder holds {@code credential.pem} (the broker's key and chain) and {@code trust.pem};
   *     gets {@code feed.json}, the last snapshot of the feed, and {@code hivemq/}, all that is
   *     HiveMQ's
   * @param service where the provisioning service listens for devices and brokers, for example {@code
   *     https://pki.example.org:8443}
   */
  public static Builder of(Path folder, URI service) {
    return new Builder(folder, service);
  }

  Path folder() {
    return folder;
  }

  URI service() {
    return service;
  }

  String bindAddress() {
    return bindAddress;
  }

  int port() {
    return port;
  }

  int websocketPort() {
    return websocketPort;
  }

  boolean hasWebsocket() {
    return websocketPort != NO_PORT;
  }

  String metricsAddress() {
    return metricsAddress;
  }

  int metricsPort() {
    return metricsPort;
  }

  boolean hasMetrics() {
    return metricsPort != NO_PORT;
  }

  BrokerLimits limits() {
    return limits;
  }

  /**
   * What of it is the extension's.
   *
   * @throws IllegalArgumentException if it cannot be
   */
  ExtensionSettings settings() {
    return new ExtensionSettings(
        folder, service, maxStaleness, maxSessionStaleness, null, limits.rates(), bootstrap);
  }

  Persistence persistence() {
    return persistence;
  }

  Duration warmUp() {
    return warmUp;
  }

  /** Collects the choices. No value may be null. Not thread-safe. */
  public static final class Builder {

    private final Path folder;
    private final URI service;
    private String bindAddress = "127.0.0.1";
    private int port;
    private int websocketPort = NO_PORT;
    private String metricsAddress = "127.0.0.1";
    private int metricsPort = NO_PORT;
    private Duration maxStaleness = DEFAULT_MAX_STALENESS;
    private Duration maxSessionStaleness;
    private BrokerLimits limits = BrokerLimits.DEFAULT;
    private Path bootstrap;
    private Persistence persistence = Persistence.FILE;
    private Duration warmUp = Duration.ZERO;

    private Builder(Path folder, URI service) {
      this.folder = Objects.requireNonNull(folder, "folder");
      this.service = Objects.requireNonNull(service, "service");
    }

    /** The address to listen on, for example {@code 0.0.0.0}; the loopback address by default. */
    public Builder bindAddress(String address) {
      this.bindAddress = Objects.requireNonNull(address, "address");
      return this;
    }

    /** The TCP port for MQTT over TLS; 0, the default, takes a free one. */
    public Builder port(int number) {
      this.port = number;
      return this;
    }

    /**
     * The TCP port for MQTT over WebSocket over TLS; 0 takes a free one, {@link #NO_PORT}, the
     * default, opens none.
     */
    public Builder websocketPort(int number) {
      this.websocketPort = number;
      return this;
    }

    /**
     * Where the metrics are served, over HTTP and to everybody; nowhere by default.
     *
     * @param address for example {@code 127.0.0.1}
     * @param number 0 for any free port, {@link #NO_PORT} for none
     */
    public Builder metrics(String address, int number) {
      this.metricsAddress = Objects.requireNonNull(address, "address");
      this.metricsPort = number;
      return this;
    }

    /** What clients may take; {@link BrokerLimits#DEFAULT} by default. */
    public Builder limits(BrokerLimits most) {
      this.limits = Objects.requireNonNull(most, "most");
      return this;
    }

    /**
     * When the feed was not heard for longer, nobody new is admitted; at least a minute.
     */
    public Builder maxStaleness(Duration longest) {
      this.maxStaleness = Objects.requireNonNull(longest, "longest");
      return this;
    }

    /**
     * When the feed was not heard for longer, live sessions are cut, too; at least {@link
     * #maxStaleness}. By default 7 days, or as long as that.
     */
    public Builder maxSessionStaleness(Duration longest) {
      this.maxSessionStaleness = Objects.requireNonNull(longest, "longest");
      return this;
    }

    /**
     * The file the broker was invited with: by it the broker obtains {@code credential.pem} and
     * {@code trust.pem} when it has none, or has had one too long. By default they must be there.
     */
    public Builder bootstrap(Path file) {
      this.bootstrap = Objects.requireNonNull(file, "file");
      return this;
    }

    /** Where sessions and messages are kept; on disk by default. */
    public Builder persistence(Persistence where) {
      this.persistence = Objects.requireNonNull(where, "where");
      return this;
    }

    /**
     * How long connecting is practised before the port opens, so that the first devices do not meet
     * a JVM that has compiled nothing; less if it does not get faster any more. Zero, the default,
     * for not at all.
     */
    public Builder warmUp(Duration longest) {
      this.warmUp = Objects.requireNonNull(longest, "longest");
      return this;
    }

    public BrokerConfig build() {
      return new BrokerConfig(this);
    }
  }
}
