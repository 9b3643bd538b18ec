package io.mintmark.simulators.fleet;

import io.mintmark.identity.Identity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** No devices at all, for scenarios that bring their own. Thread-safe. */
public final class NoFleet implements FleetEngine {

  @Override
  public String name() {
    return "none";
  }

  @Override
  public int size() {
    return 0;
  }

  @Override
  public Map<DeviceState, Integer> states() {
    return Map.of();
  }

  @Override
  public void listener(Listener listener) {
    // Nothing happens.
  }

  @Override
  public Identity.Device identity(int device) {
    throw none(device);
  }

  @Override
  public Optional<X509Certificate> shown(int device) {
    throw none(device);
  }

  @Override
  public Optional<X509Certificate> certificate(int device) {
    throw none(device);
  }

  @Override
  public Set<X509Certificate> trusted(int device) {
    throw none(device);
  }

  @Override
  public CompletableFuture<Void> enrol(int device) {
    throw none(device);
  }

  @Override
  public CompletableFuture<Void> connect(int device) {
    throw none(device);
  }

  @Override
  public CompletableFuture<Void> disconnect(int device) {
    throw none(device);
  }

  @Override
  public CompletableFuture<Void> subscribe(int device, String filter, int qos) {
    throw none(device);
  }

  @Override
  public CompletableFuture<Void> publish(int device, String topic, byte[] payload, int qos) {
    throw none(device);
  }

  @Override
  public CompletableFuture<Duration> renew(int device) {
    throw none(device);
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  private static IndexOutOfBoundsException none(int device) {
    return new IndexOutOfBoundsException("there is no device " + device);
  }
}
