package io.mintmark.cli;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What the clients of a crash test were told, and what was kept from them. Thread-safe. */
final class CrashLedger {

  /**
   * A certificate that a client holds.
   *
   * @param asked when the request that was answered at last was sent
   * @param cutOff how many times the same request was cut off before that
   */
  record Received(CrashRequest request, X509Certificate certificate, Instant asked, int cutOff) {}

  private final Queue<Received> received = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final Map<Integer, AtomicInteger> cutOff = new ConcurrentHashMap<>();
  private final Set<String> turnedAway = ConcurrentHashMap.newKeySet();
  private final AtomicInteger givenUp = new AtomicInteger();
  private volatile int start;

  /** The service starts once more: from here on what happens counts for this start. */
  void startOf(int number) {
    start = number;
  }

  int start() {
    return start;
  }

  void received(Received certificate) {
    received.add(certificate);
  }

  /** A connection broke before the answer; it was made to this start of the service. */
  void cutOff(int number) {
    cutOff.computeIfAbsent(number, n -> new AtomicInteger()).incrementAndGet();
  }

  /** A client did not wait for the answer, and asks again while the first is still at work. */
  void gaveUpWaiting() {
    givenUp.incrementAndGet();
  }

  /** The claim had no use left for this device. */
  void turnedAway(String device) {
    turnedAway.add(device);
  }

  /** Nothing a crash explains. */
  void fault(Throwable problem) {
    faults.add(problem);
  }

  Collection<Received> received() {
    return received;
  }

  Collection<Throwable> faults() {
    return faults;
  }

  Set<String> turnedAway() {
    return turnedAway;
  }

  int givenUp() {
    return givenUp.get();
  }

  /** How many starts ended while they had requests to answer. */
  int startsCutOff() {
    return cutOff.size();
  }

  int requestsCutOff() {
    return cutOff.values().stream().mapToInt(AtomicInteger::get).sum();
  }
}
