package io.mintmark.simulators.fleet;

import io.mintmark.identity.Identity;
import io.mintmark.simulators.fault.DeviceClocks;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Plays the devices of one fleet. A device is a number from 0 up to {@link #size}. What is asked for
 * happens in the background: the future completes when it is done, or exceptionally with one line that
 * names no device. The engine takes down nothing; who asks does. Thread-safe.
 */
public interface FleetEngine extends AutoCloseable {

  /** What the engine tells of its own accord, from its own threads; must return at once. */
  interface Listener {
    /** A connection ended that nobody here had ended. */
    default void lost(int device, String reason) {}

    /** A lost connection, or one that could not be made at first, is there. */
    default void returned(int device, Duration away) {}

    /** A message arrived on a subscription. */
    default void message(int device, String topic, byte[] payload) {}
  }

  /** {@code sdk} or {@code swarm}. */
  String name();

  /** How many devices there are. */
  int size();

  /** A device's name. */
  Identity.Device identity(int device);

  /** How many devices are in each state; those no device is in are left out. */
  Map<DeviceState, Integer> states();

  /** The operational certificate a device would connect with now; empty before it has enrolled. */
  Optional<X509Certificate> certificate(int device);

  /**
   * The operational certificate a device's latest connection was made with; empty before it has one of its own.
   *
   * @throws UnsupportedOperationException if this engine does not know
   */
  Optional<X509Certificate> shown(int device);

  /**
   * The roots a device trusts, in use and stored.
   *
   * @throws UnsupportedOperationException if devices of this engine have none of their own
   */
  Set<X509Certificate> trusted(int device);

  /** What time it is for its devices; empty if they go by the system's clock whatever happens. */
  default Optional<DeviceClocks> clocks() {
    return Optional.empty();
  }

  /** Who is told what happens; null for nobody. Set before the first connection. */
  void listener(Listener listener);

  /** Obtains its operational credential by its bootstrap credential; done at once if it has one. */
  CompletableFuture<Void> enrol(int device);

  /**
   * Connects with full mutual TLS; keeps itself connected from then on until {@link #disconnect}. The
   * future tells of the first attempt: where that fails the device tries again, unless it was refused,
   * and the listener hears when it {@link Listener#returned}.
   */
  CompletableFuture<Void> connect(int device);

  /** Takes its leave of the broker. */
  CompletableFuture<Void> disconnect(int device);

  /** Subscribes, on all connections from now on; messages go to the listener. */
  CompletableFuture<Void> subscribe(int device, String filter, int qos);

  /**
   * Publishes; completes when the broker has it (QoS 1), or when it was sent (QoS 0). A message of QoS
   * 1 without a connection waits for the next one, and is sent again on it if need be.
   */
  CompletableFuture<Void> publish(int device, String topic, byte[] payload, int qos);

  /**
   * Renews its certificate with a new key and moves its connection to it; completes with the time
   * without a connection, zero if it had none.
   */
  CompletableFuture<Duration> renew(int device);

  /** Drops all connections; returns when no thread of it is left. */
  @Override
  void close();
}
