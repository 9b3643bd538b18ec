package io.mintmark.broker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What the runnable broker needs to know. Immutable; the values are judged when the broker starts.
 */
public final class BrokerConfig {

  /** For {@link Builder#maxStaleness}, where nobody chose another. */
  public static final Duration DEFAULT_MAX_STALENESS = Duration.ofHours(24);

  private final Path folder;
  private final URI service;
  private final String bindAddress;
  private final int port;
  private final Duration maxStaleness;
  private final Duration warmUp;

  private BrokerConfig(Builder builder) {
    this.folder = builder.folder;
    this.service = builder.service;
    this.bindAddress = builder.bindAddress;
    this.port = builder.port;
    this.maxStaleness = builder.maxStaleness;
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

  Duration maxStaleness() {
    return maxStaleness;
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
    private Duration maxStaleness = DEFAULT_MAX_STALENESS;
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
     * When the feed was not heard for longer, nobody new is admitted, live sessions stay; at least a
     * minute.
     */
    public Builder maxStaleness(Duration longest) {
      this.maxStaleness = Objects.requireNonNull(longest, "longest");
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
