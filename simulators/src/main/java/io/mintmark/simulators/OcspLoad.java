package io.mintmark.simulators;

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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks OCSP over so many connections at a time, one question after the other on each: a closed loop,
 * so that the rate is what the service can do. Every serial number is asked about before it is
 * measured, so that answers come from the service's cache.
 */
final class OcspLoad {

  private final StatusService service;
  private final StatusLoadOptions options;
  private final List<byte[]> requests = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  OcspLoad(StatusService service, StatusLoadOptions options) {
    this.service = service;
    this.options = options;
    OcspQuestion question = new OcspQuestion(options.issuer());
    options
        .serials()
        .forEach(serial -> requests.add(question.http(serial, service.status().getAuthority())));
  }

  /** Once about each, then for a time, then measured for the same time. */
  StatusReport.Ocsp run(Progress progress) throws IOException, InterruptedException {
    progress.step("Asking OCSP about " + requests.size() + " certificates, once each");
    Tally once = phase(Long.MAX_VALUE, requests.size());
    progress.step("Asking for " + options.seconds() + " s, " + options.connections()
        + " at a time, to warm up");
    phase(options.seconds() * 1_000_000_000L, Integer.MAX_VALUE);
    progress.step("Measuring for " + options.seconds() + " s");
    Duration serviceBefore = service.cpuTime();
    Duration ownBefore = ProcessCpu.of(ProcessHandle.current());
    long begun = System.nanoTime();
    Tally measured = phase(options.seconds() * 1_000_000_000L, Integer.MAX_VALUE);
    double took = (System.nanoTime() - begun) / 1e9;
    double serviceCpu = seconds(service.cpuTime().minus(serviceBefore));
    double ownCpu = seconds(ProcessCpu.of(ProcessHandle.current()).minus(ownBefore));
    measured.failures.putAll(once.failures);
    Latency latency = measured.latency.summary();
    return new StatusReport.Ocsp(
        latency.count(),
        Map.copyOf(measured.failures),
        Math.round(latency.count() / took),
        serviceCpu == 0 ? 0 : Math.round(latency.count() / serviceCpu),
        latency,
        serviceCpu,
        ownCpu);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  /** What came of some time; thread-safe. */
  private static final class Tally {
    private final Latency.Recorder latency = new Latency.Recorder();
    private final Map<String, Long> failures = new TreeMap<>();

    synchronized void failed(String reason) {
      failures.merge(reason, 1L, Long::sum);
    }
  }

  private Tally phase(long nanos, int most) throws InterruptedException {
    Tally tally = new Tally();
    AtomicInteger left = new AtomicInteger(most);
    long begun = System.nanoTime();
    ExecutorService workers = Executors.newFixedThreadPool(options.connections());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < options.connections(); i++) {
        running.add(workers.submit(() -> {
          while (System.nanoTime() - begun < nanos && left.get() > 0) {
            ask(tally, left, begun, nanos);
          }
        }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the generator failed, not the service", e.getCause());
    } finally {
      workers.shutdownNow();
    }
    return tally;
  }

  /** Over one connection, as long as that and the phase last. */
  private void ask(Tally tally, AtomicInteger left, long begun, long nanos) {
    try (OcspConnection connection = new OcspConnection(service.status())) {
      while (System.nanoTime() - begun < nanos && left.getAndDecrement() > 0) {
        long start = System.nanoTime();
        connection.ask(requests.get(Math.floorMod(next.getAndIncrement(), requests.size())));
        tally.latency.record((System.nanoTime() - start) / 1_000);
      }
    } catch (IOException e) {
      tally.failed(String.valueOf(e.getMessage()));
    }
  }
}
