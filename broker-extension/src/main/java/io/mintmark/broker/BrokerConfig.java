package io.mintmark.broker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What the runnable broker needs to know. Immutable.
 *
 * @param folder holds {@code credential.pem} (the broker's key and chain) and {@code trust.pem};
 *     gets {@code feed.json}, the last snapshot of the feed, and {@code hivemq/}, all that is
 *     HiveMQ's
 * @param service where the provisioning service listens for devices and brokers, for example {@code
 *     https://pki.example.org:8443}
 * @param bindAddress the address to listen on, for example {@code 0.0.0.0}
 * @param port the TCP port for MQTT over TLS; 0 takes a free one
 * @param maxStaleness when the feed was not heard for longer, nobody new is admitted; live sessions
 *     stay
 */
public record BrokerConfig(
    Path folder, URI service, String bindAddress, int port, Duration maxStaleness) {

  /** For {@code maxStaleness}, where nobody chose another. */
  public static final Duration DEFAULT_MAX_STALENESS = Duration.ofHours(24);

  /** Refuses nulls; the values are judged when the broker starts. */
  public BrokerConfig {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(bindAddress, "bindAddress");
    Objects.requireNonNull(maxStaleness, "maxStaleness");
  }
}
