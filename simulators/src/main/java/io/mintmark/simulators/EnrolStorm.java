package io.mintmark.simulators;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many devices enrol at once, as after a factory's delivery: the measurement of {@code mintmark benchmark
 * enroll}. Where it is given more than one service, the same devices enrol at each, in short phases
 * by turns, so that whatever else the machine does falls on all of them.
 *
 * <p>A closed loop: so many devices enrol at a time, and the next begins when one is through. The
 * rate is what the service can do with this machine to itself and the generator; latencies are those
 * under that load.
 */
public final class EnrolStorm {

  private static final FleetId FLEET = new FleetId("storm");
  private static final int PHASES = 4;

  private final List<? extends MeasuredService> services;
  private final EnrolStormOptions options;
  private final Progress progress;

  /**
   * A storm; nothing happens yet.
   *
   * @param services at least one
   */
  public EnrolStorm(
      List<? extends MeasuredService> services, EnrolStormOptions options, Progress progress) {
    this.services = List.copyOf(services);
    this.options = options;
    this.progress = progress;
  }

  /**
   * Makes the devices, lets them enrol and measures.
   *
   * @throws IOException if the factory's files cannot be written, or a service does not take its
   *     fleet and manifest; enrolments that fail are in the report
   */
  public EnrolReport run() throws IOException, InterruptedException {
    Clock clock = Clock.systemUTC();
    progress.step("Making " + (options.warmup() + options.devices()) + " devices");
    List<BootstrapDevice> devices = devices(clock);
    List<BootstrapDevice> warmup = devices.subList(0, options.warmup());
    List<BootstrapDevice> measured = devices.subList(options.warmup(), devices.size());
    Map<MeasuredService, EnrolTally> tallies = new LinkedHashMap<>();
    for (MeasuredService service : services) {
      progress.step("Warming up " + service.label() + " with " + warmup.size() + " enrolments");
      phase(service, warmup, new EnrolTally());
      tallies.put(service, new EnrolTally());
    }
    progress.step(
        "Measuring " + measured.size() + " enrolments, " + options.concurrency() + " at a time");
    int from = 0;
    for (int n = 1; n <= PHASES; n++) {
      int to = measured.size() * n / PHASES;
      for (Map.Entry<MeasuredService, EnrolTally> each : tallies.entrySet()) {
        phase(each.getKey(), measured.subList(from, to), each.getValue());
      }
      from = to;
    }
    return new EnrolReport(
        clock.instant(),
        options.concurrency(),
        options.warmup(),
        Environment.current(),
        tallies.entrySet().stream().map(e -> e.getValue().result(e.getKey())).toList());
  }

  /** Devices of names never used before, so that an installation may be stormed again. */
  private List<BootstrapDevice> devices(Clock clock) throws IOException {
    Factory factory = Factory.open(options.folder(), FactoryOptions.of(FLEET));
    String prefix = "storm-" + Long.toString(clock.millis(), Character.MAX_RADIX);
    List<DeviceId> ids = factory.make(prefix, options.warmup() + options.devices());
    for (MeasuredService service : services) {
      service.applyFleet(factory.fleetFile());
      service.importManifest(FLEET, factory.manifest());
    }
    List<BootstrapDevice> devices = new ArrayList<>();
    for (DeviceId id : ids) {
      devices.add(new BootstrapDevice(id, factory.credential(id)));
    }
    return devices;
  }

  private void phase(MeasuredService service, List<BootstrapDevice> devices, EnrolTally tally)
      throws IOException, InterruptedException {
    if (devices.isEmpty()) {
      return;
    }
    Duration serverBefore = service.cpuTime();
    Duration ownBefore = ownCpuTime();
    long start = System.nanoTime();
    enrolAll(service, devices, tally);
    tally.phase(
        Duration.ofNanos(System.nanoTime() - start),
        service.cpuTime().minus(serverBefore),
        ownCpuTime().minus(ownBefore));
  }

  private void enrolAll(MeasuredService service, List<BootstrapDevice> devices, EnrolTally tally)
      throws InterruptedException {
    LeanEnrolment enrolment = new LeanEnrolment(service, FLEET);
    AtomicInteger next = new AtomicInteger();
    ExecutorService workers = Executors.newFixedThreadPool(options.concurrency());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < options.concurrency(); i++) {
        running.add(workers.submit(() -> {
          for (int n = next.getAndIncrement(); n < devices.size(); n = next.getAndIncrement()) {
            enrolOne(enrolment, devices.get(n), tally);
            if (n % options.concurrency() == 0) {
              progress.update(service.label() + ": " + n + "/" + devices.size() + " enrolled");
            }
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
  }

  private static void enrolOne(LeanEnrolment enrolment, BootstrapDevice device, EnrolTally tally) {
    long start = System.nanoTime();
    try {
      enrolment.enrol(device);
      tally.enrolled(Duration.ofNanos(System.nanoTime() - start));
    } catch (IOException e) {
      tally.failed(String.valueOf(e.getMessage()));
    }
  }

  private static Duration ownCpuTime() throws IOException {
    return ProcessCpu.of(ProcessHandle.current());
  }
}
