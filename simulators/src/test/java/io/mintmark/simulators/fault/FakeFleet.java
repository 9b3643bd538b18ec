package io.mintmark.simulators.fault;

import io.mintmark.identity.Identity;
import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.fleet.FleetEngine;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Devices that have clocks, and do nothing. */
final class FakeFleet implements FleetEngine {

  final DeviceClocks clocks = new DeviceClocks(Clock.systemUTC());

  @Override
  public Optional<DeviceClocks> clocks() {
    return Optional.of(clocks);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int size() {
    return 2;
  }

  @Override
  public Identity.Device identity(int device) {
    throw nothing();
  }

  @Override
  public Map<DeviceState, Integer> states() {
    return Map.of();
  }

  @Override
  public void listener(Listener listener) {}

  @Override
  public CompletableFuture<Void> enrol(int device) {
    throw nothing();
  }

  @Override
  public CompletableFuture<Void> connect(int device) {
    throw nothing();
  }

  @Override
  public CompletableFuture<Void> disconnect(int device) {
    throw nothing();
  }

  @Override
  public CompletableFuture<Void> subscribe(int device, String filter, int qos) {
    throw nothing();
  }

  @Override
  public CompletableFuture<Void> publish(int device, String topic, byte[] payload, int qos) {
    throw nothing();
  }

  @Override
  public CompletableFuture<Duration> renew(int device) {
    throw nothing();
  }

  @Override
  public Optional<X509Certificate> shown(int device) {
    return Optional.empty();
  }

  @Override
  public Optional<X509Certificate> certificate(int device) {
    return Optional.empty();
  }

  @Override
  public Set<X509Certificate> trusted(int device) {
    return Set.of();
  }

  private static UnsupportedOperationException nothing() {
    return new UnsupportedOperationException("it does nothing");
  }

  @Override
  public void close() {}
}
