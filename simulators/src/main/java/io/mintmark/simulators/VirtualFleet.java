package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many {@link VirtualDevice}s, brought up a bounded number at a time. What is done to all of them
 * is done to each, whatever becomes of the others.
 */
public final class VirtualFleet implements AutoCloseable {

  /**
   * What came of doing something to many devices.
   *
   * @param done how many it worked for
   * @param asked how many there were
   * @param took how long it took for all
   * @param latency how long it took for each that it worked for
   * @param failures how many it did not work for, by reason
   */
  public record Outcome(
      int done, int asked, Duration took, Latency latency, Map<String, Long> failures) {

    /** Whether it worked for all of at least one. */
    public boolean complete() {
      return asked > 0 && done == asked;
    }

    /** How many a second. */
    public double rate() {
      return done / Math.max(1e-9, took.toNanos() / 1e9);
    }
  }

  /** What is done to a device. */
  @FunctionalInterface
  interface Deed {
    void to(VirtualDevice device) throws Exception;
  }

  /** Enough to keep all processors busy while others wait for the network. */
  private static final int AT_ONCE = 24;

  private final List<VirtualDevice> devices = new ArrayList<>();
  private final ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE, task -> {
    Thread thread = new Thread(task, "fleet");
    thread.setDaemon(true);
    return thread;
  });
  private final Progress progress;

  /** A fleet of these devices of a factory; none of them is started. */
  VirtualFleet(VirtualDevice.Home home, Factory factory, List<DeviceId> ids, Progress progress)
      throws IOException {
    this.progress = progress;
    for (DeviceId id : ids) {
      devices.add(new VirtualDevice(home, id, factory.credential(id)));
    }
  }

  /** In the order of their ids. */
  public List<VirtualDevice> devices() {
    return List.copyOf(devices);
  }

  /** Those that were started and connected then. */
  List<VirtualDevice> connected() {
    return devices.stream().filter(VirtualDevice::isStarted).toList();
  }

  /** Does something to all devices. */
  Outcome all(String what, Deed deed) throws InterruptedException {
    return each(devices, what, deed);
  }

  /**
   * Does something to some devices, several at a time; returns when all are through.
   *
   * @param what for the progress, as in "12/50 enrolled"
   */
  Outcome each(List<VirtualDevice> some, String what, Deed deed) throws InterruptedException {
    Latency.Recorder latency = new Latency.Recorder();
    Map<String, Long> failures = new TreeMap<>();
    AtomicInteger done = new AtomicInteger();
    long start = System.nanoTime();
    List<Future<?>> running = new ArrayList<>();
    for (VirtualDevice device : some) {
      running.add(workers.submit(() -> {
        long begun = System.nanoTime();
        deed.to(device);
        latency.record((System.nanoTime() - begun) / 1_000);
        progress.update(done.incrementAndGet() + "/" + some.size() + " " + what);
        return null;
      }));
    }
    try {
      for (Future<?> one : running) {
        try {
          one.get();
        } catch (ExecutionException e) {
          failures.merge(String.valueOf(e.getCause().getMessage()), 1L, Long::sum);
        }
      }
    } finally {
      running.forEach(one -> one.cancel(true));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new Outcome(done.get(), some.size(), took, latency.summary(), Map.copyOf(failures));
  }

  /** Closes all devices, several at a time. */
  @Override
  public void close() {
    devices.forEach(device -> workers.execute(device::close));
    workers.shutdown();
    try {
      if (!workers.awaitTermination(30, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
