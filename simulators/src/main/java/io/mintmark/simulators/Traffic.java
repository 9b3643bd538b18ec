package io.mintmark.simulators;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Messages of a fleet, or to it, as an open loop: one tick after the other at a constant rate, each device in
 * turn, whether or not the messages before have been answered. Runs on a thread of its own from
 * {@link #start} to {@link #stop}.
 */
final class Traffic implements AutoCloseable {

  /**
   * What was sent.
   *
   * @param byDevice messages handed to the SDK, by device
   * @param total all of them
   * @param acknowledged how many the broker has acknowledged
   * @param failures how many failed, by reason
   */
  record Sent(
      Map<String, Long> byDevice, long total, long acknowledged, Map<String, Long> failures) {

    static final Sent NOTHING = new Sent(Map.of(), 0, 0, Map.of());
  }

  /** How one message is sent. */
  @FunctionalInterface
  private interface Sender {
    CompletableFuture<Void> send(VirtualDevice device, byte[] payload) throws IOException;
  }

  private static final int REASON_LENGTH = 120;

  private final String stream;
  private final Sender sender;
  private final List<VirtualDevice> devices;
  private final Pacer pacer;
  private final Clock clock;
  private final long messages;
  private final Map<String, Long> byDevice = new HashMap<>();
  private final Map<String, Long> failures = new TreeMap<>();
  private final Thread thread = new Thread(this::run, "telemetry");
  private long answered;
  private long acknowledged;
  private volatile boolean stopped;

  /** Traffic without an end of its own. */
  Traffic(String stream, List<VirtualDevice> devices, Pacer pacer, Clock clock) {
    this(stream, devices, pacer, clock, Long.MAX_VALUE);
  }

  /** Traffic of so many messages. */
  Traffic(String stream, List<VirtualDevice> devices, Pacer pacer, Clock clock, long messages) {
    this(
        stream,
        devices,
        pacer,
        clock,
        messages,
        (device, payload) -> device.publish(Topics.telemetry(device.identity(), stream), payload));
  }

  private Traffic(
      String stream,
      List<VirtualDevice> devices,
      Pacer pacer,
      Clock clock,
      long messages,
      Sender sender) {
    this.messages = messages;
    this.stream = stream;
    this.sender = sender;
    this.devices = List.copyOf(devices);
    this.pacer = pacer;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /** Commands of an application, each device in turn; the next waits for the broker's answer. */
  static Traffic commands(
      String stream,
      ApplicationClient application,
      List<VirtualDevice> devices,
      Pacer pacer,
      Clock clock) {
    return new Traffic(stream, devices, pacer, clock, Long.MAX_VALUE, (device, payload) -> {
      application.publish(Topics.commands(device.identity(), stream), payload);
      return CompletableFuture.completedFuture(null);
    });
  }

  Traffic start() {
    thread.start();
    return this;
  }

  private void run() {
    Instant start = clock.instant();
    long origin = System.nanoTime();
    for (long tick = 0; tick < messages && !stopped; tick++) {
      Duration due = pacer.due(tick);
      long wait = origin + due.toNanos() - System.nanoTime();
      while (wait > 0 && !stopped) {
        LockSupport.parkNanos(wait);
        wait = origin + due.toNanos() - System.nanoTime();
      }
      if (!stopped) {
        send(devices.get((int) (tick % devices.size())), Micros.of(start.plus(due)));
      }
    }
  }

  private void send(VirtualDevice device, long due) {
    String id = device.id().value();
    long sequence = byDevice.merge(id, 1L, Long::sum) - 1;
    byte[] payload = new Telemetry(stream, id, sequence, due).toJson();
    CompletableFuture<Void> answer;
    try {
      answer = sender.send(device, payload);
    } catch (IOException | RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused = answer.whenComplete((ok, failure) -> count(failure));
  }

  private synchronized void count(Throwable failure) {
    answered++;
    notifyAll();
    if (failure == null) {
      acknowledged++;
      return;
    }
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    String reason = String.valueOf(cause.getMessage());
    failures.merge(reason.substring(0, Math.min(REASON_LENGTH, reason.length())), 1L, Long::sum);
  }

  /**
   * Sends no more, and waits for the answers that are due.
   *
   * @param patience how long to wait for them
   */
  Sent stop(Duration patience) throws InterruptedException {
    close();
    return finish(patience);
  }

  /**
   * Sends all that is to be sent, and waits for the answers that are due.
   *
   * @param patience how long to wait for them
   */
  Sent finish(Duration patience) throws InterruptedException {
    thread.join();
    long total = byDevice.values().stream().mapToLong(Long::longValue).sum();
    long end = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      // What stays unanswered shows in the figures: neither acknowledged nor failed.
      for (long left = patience.toMillis();
          answered < total && left > 0;
          left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
      return new Sent(Map.copyOf(byDevice), total, acknowledged, Map.copyOf(failures));
    }
  }

  /** Sends no more, and waits for nothing. */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
  }
}
