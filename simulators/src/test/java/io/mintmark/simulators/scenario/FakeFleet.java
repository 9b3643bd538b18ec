package io.mintmark.simulators.scenario;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.simulators.fleet.DeviceState;
import io.mintmark.simulators.fleet.FleetEngine;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** Devices that do at once what they are asked for, and remember it. */
final class FakeFleet implements FleetEngine {

  final List<String> done = Collections.synchronizedList(new ArrayList<>());
  final BitSet failing = new BitSet();
  final Map<Integer, X509Certificate> shown = new ConcurrentHashMap<>();
  final Map<Integer, X509Certificate> certificates = new ConcurrentHashMap<>();
  private final int size;

  FakeFleet(int size) {
    this.size = size;
  }

  /** Somebody's certificate. */
  static X509Certificate living(Duration lifetime) {
    Instant now = Instant.now();
    return HeldCertificate.builder()
        .commonName("fake")
        .validity(now, now.plus(lifetime))
        .build()
        .certificate();
  }

  private <T> CompletableFuture<T> doing(String what, int device, T result) {
    done.add(what + " " + device);
    return failing.get(device)
        ? CompletableFuture.failedFuture(
            new CompletionException(new IllegalStateException("it was told to fail")))
        : CompletableFuture.completedFuture(result);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Identity.Device identity(int device) {
    return new Identity.Device(
        new TrustDomain("test.example"), new FleetId("fake"), new DeviceId("fake-" + device));
  }

  @Override
  public Map<DeviceState, Integer> states() {
    return Map.of(DeviceState.CONNECTED, size);
  }

  @Override
  public void listener(Listener listener) {
    // Nothing happens by itself.
  }

  @Override
  public Optional<X509Certificate> shown(int device) {
    return Optional.ofNullable(shown.get(device));
  }

  @Override
  public Optional<X509Certificate> certificate(int device) {
    return Optional.ofNullable(certificates.get(device));
  }

  @Override
  public Set<X509Certificate> trusted(int device) {
    return Set.of();
  }

  @Override
  public CompletableFuture<Void> enrol(int device) {
    return doing("enrol", device, null);
  }

  @Override
  public CompletableFuture<Void> connect(int device) {
    return doing("connect", device, null);
  }

  @Override
  public CompletableFuture<Void> disconnect(int device) {
    return doing("disconnect", device, null);
  }

  @Override
  public CompletableFuture<Void> subscribe(int device, String filter, int qos) {
    return doing("subscribe", device, null);
  }

  @Override
  public CompletableFuture<Void> publish(int device, String topic, byte[] payload, int qos) {
    return doing("publish", device, null);
  }

  @Override
  public CompletableFuture<Duration> renew(int device) {
    certificates.put(device, living(Duration.ofSeconds(30)));
    return doing("renew", device, Duration.ofMillis(5));
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
