package io.mintmark.simulators;

import io.mintmark.device.DeviceException;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * The measurement of {@code mintmark benchmark footprint}: clients of the SDK start one after the other
 * in this process, and what they take of it is counted: processor time of all its threads, objects
 * on its heap, threads by their names.
 */
public final class FootprintLoad {

  private static final FleetId FLEET = new FleetId("footprint");
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(2);
  private static final String THREADS = "mintmark-";

  /** Few enough that the service does not mind how often one device comes. */
  private static final int WARM_DEVICES = 20;

  private static final int COLLECTIONS = 3;
  private static final long COLLECTION_MILLIS = 200;

  private final Site site;
  private final FootprintOptions options;
  private final Progress progress;
  private final Clock clock = Clock.systemUTC();
  private FootprintReport.Start first;

  /** A load; nothing happens yet. */
  public FootprintLoad(Site site, FootprintOptions options, Progress progress) {
    this.site = site;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @throws IOException if a client does not connect, or this process cannot be looked into
   */
  public FootprintReport run() throws IOException, InterruptedException {
    progress.step("Making " + options.clients() + " devices");
    Factory factory = Factory.open(options.folder().resolve("factory"), FactoryOptions.of(FLEET));
    List<DeviceId> warm = factory.make("warm", Math.min(WARM_DEVICES, options.warmup()));
    List<DeviceId> ids = factory.make("client", options.clients());
    site.applyFleet(factory.fleetFile());
    site.importManifest(FLEET, factory.manifest());
    warmUp(devices(factory, warm));
    List<VirtualDevice> enrolling = devices(factory, ids);
    FootprintReport.Start enrolled;
    try {
      progress.step("Starting " + options.clients() + " clients that enrol");
      enrolled = start(enrolling);
    } finally {
      enrolling.forEach(VirtualDevice::close);
    }
    // Others of the same devices, as those that were closed still hold what they held.
    enrolling.clear();
    List<VirtualDevice> clients = devices(factory, ids);
    try {
      return measure(enrolled, clients);
    } finally {
      clients.forEach(VirtualDevice::close);
    }
  }

  private List<VirtualDevice> devices(Factory factory, List<DeviceId> ids) throws IOException {
    Path folder = options.folder().resolve("devices");
    VirtualDevice.Home home = new VirtualDevice.Home(site, FLEET, folder, LONGEST_RECONNECT, clock);
    List<VirtualDevice> devices = new ArrayList<>();
    for (DeviceId id : ids) {
      devices.add(new VirtualDevice(home, id, factory.credential(id)));
    }
    return devices;
  }

  private void warmUp(List<VirtualDevice> devices) throws IOException, InterruptedException {
    progress.step("Starting " + options.warmup() + " clients, unmeasured");
    try {
      first = start(devices.subList(0, 1));
      for (int started = 1; started < options.warmup(); started++) {
        VirtualDevice device = devices.get(started % devices.size());
        device.close();
        start(List.of(device));
      }
    } finally {
      devices.forEach(VirtualDevice::close);
    }
  }

  private FootprintReport measure(FootprintReport.Start enrolling, List<VirtualDevice> clients)
      throws IOException, InterruptedException {
    LiveHeap without = settled();
    progress.step("Starting them again");
    FootprintReport.Start stored = start(clients);
    LiveHeap with = settled();
    List<String> threads = Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(THREADS))
        .toList();
    long own = threads.stream().filter(name -> isOfOne(name, clients)).count();
    double count = clients.size();
    Map<String, Long> heap = new LinkedHashMap<>();
    for (LiveHeap.Part part : LiveHeap.Part.values()) {
      heap.put(part.text(), Math.round((with.of(part) - without.of(part)) / count));
    }
    return new FootprintReport(
        clock.instant(),
        clients.size(),
        options.warmup(),
        first.cpuMillis(),
        enrolling,
        stored,
        Math.round((with.total() - without.total()) / count),
        heap,
        own / count,
        (int) (threads.size() - own),
        (int) clients.stream().filter(VirtualDevice::isConnected).count(),
        Environment.current());
  }

  /** What is cleaned up after only once it was found dead is gone after a collection or two more. */
  private LiveHeap settled() throws IOException, InterruptedException {
    Thread.sleep(options.settle().toMillis());
    for (int collection = 0; collection < COLLECTIONS; collection++) {
      System.gc();
      Thread.sleep(COLLECTION_MILLIS);
    }
    return LiveHeap.of(ProcessHandle.current());
  }

  private static boolean isOfOne(String thread, List<VirtualDevice> clients) {
    return clients.stream().anyMatch(c -> thread.startsWith(THREADS + c.id().value()));
  }

  private FootprintReport.Start start(List<VirtualDevice> devices)
      throws IOException, InterruptedException {
    Latency.Recorder took = new Latency.Recorder();
    Duration cpu = ProcessCpu.of(ProcessHandle.current());
    for (VirtualDevice device : devices) {
      long begun = System.nanoTime();
      try {
        device.start();
      } catch (DeviceException | TimeoutException e) {
        throw new IOException(device.id() + " does not connect: " + e.getMessage(), e);
      }
      took.record((System.nanoTime() - begun) / 1_000);
    }
    double millis = ProcessCpu.of(ProcessHandle.current()).minus(cpu).toNanos() / 1e6;
    return new FootprintReport.Start(millis / devices.size(), took.summary());
  }
}
