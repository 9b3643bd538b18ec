package io.mintmark.simulators.fleet;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceListener;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.Progress;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.fault.DeviceClocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/**
 * Plays devices with the device SDK itself, all of it: enrolment, buffer, renewal by its own schedule,
 * roots that follow the service's. Two threads a device bound it to some 2,000.
 */
public final class SdkEngine implements FleetEngine {

  /** As many as it is meant for. */
  public static final int MOST = 2_000;

  /** Enough to keep all processors busy while others wait for the network. */
  private static final int AT_ONCE = 24;

  private static final Duration FIRST_RECONNECT = Duration.ofMillis(100);
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(10);
  private static final int CLOSE_SECONDS = 60;

  private final FleetState state;
  private final DeviceClocks clocks = new DeviceClocks(Clock.systemUTC());
  private final List<SdkDevice> devices = new ArrayList<>();
  private final ExecutorService workers = Workers.of("sdk-fleet", AT_ONCE);
  private volatile Listener listener = new Listener() {};

  private SdkEngine(FleetState state) {
    this.state = state;
    for (int i = 0; i < state.plan().devices(); i++) {
      int device = i;
      devices.add(new SdkDevice(i, state, events -> build(device, events), new Relay()));
    }
  }

  /**
   * Makes or opens the fleet's state; connects nothing.
   *
   * @throws IOException as one line to show, if that cannot be done or there are more devices than it is
   *     meant for
   */
  public static SdkEngine open(Site site, FleetPlan plan, Progress progress) throws IOException {
    if (plan.devices() > MOST) {
      throw new IOException("engine sdk plays up to " + MOST + " devices, not " + plan.devices()
          + ", as each is a whole SDK with threads of its own: use engine swarm");
    }
    return new SdkEngine(FleetState.open(site, plan, progress));
  }

  private DeviceClient build(int device, DeviceListener events) {
    Site site = state.site();
    try {
      return DeviceClient.builder()
          .service(site.service())
          .fleet(state.plan().fleet())
          .broker(site.brokerHost(), site.brokerPort())
          .bootstrap(state.bootstrap(device).credential())
          .trust(site.trust())
          .folder(state.sdk(device))
          .reconnectBackoff(FIRST_RECONNECT, LONGEST_RECONNECT)
          .clock(clocks.of(device))
          .listener(events)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "sdk";
  }

  @Override
  public int size() {
    return devices.size();
  }

  @Override
  public Optional<DeviceClocks> clocks() {
    return Optional.of(clocks);
  }

  @Override
  public Identity.Device identity(int device) {
    return state.identity(device);
  }

  @Override
  public Map<DeviceState, Integer> states() {
    Map<DeviceState, Integer> states = new EnumMap<>(DeviceState.class);
    devices.forEach(device -> states.merge(device.state(), 1, Integer::sum));
    return states;
  }

  @Override
  public Optional<X509Certificate> shown(int device) {
    return devices.get(device).shown().map(Credential::certificate);
  }

  @Override
  public Optional<X509Certificate> certificate(int device) {
    try {
      return devices.get(device).credential().map(Credential::certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Set<X509Certificate> trusted(int device) {
    Set<X509Certificate> all = new HashSet<>(devices.get(device).client().trustAnchors());
    Path stored = state.sdk(device).resolve("trust.pem");
    try {
      if (Files.exists(stored)) {
        all.addAll(Pem.certificates(Files.readString(stored)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  @Override
  public void listener(Listener told) {
    listener = told == null ? new Listener() {} : told;
  }

  @Override
  public CompletableFuture<Void> enrol(int device) {
    return Workers.submit(workers, () -> {
      devices.get(device).enrol();
      return null;
    });
  }

  @Override
  public CompletableFuture<Void> connect(int device) {
    return Workers.compose(workers, () -> devices.get(device).connect());
  }

  @Override
  public CompletableFuture<Void> disconnect(int device) {
    return Workers.submit(workers, () -> {
      devices.get(device).disconnect();
      return null;
    });
  }

  @Override
  public CompletableFuture<Void> subscribe(int device, String filter, int qos) {
    return devices.get(device).subscribe(filter, qos);
  }

  @Override
  public CompletableFuture<Void> publish(int device, String topic, byte[] payload, int qos) {
    return devices.get(device).client().publish(topic, payload, qos);
  }

  @Override
  public CompletableFuture<Duration> renew(int device) {
    return devices.get(device).renew();
  }

  @Override
  public void close() {
    devices.forEach(device -> workers.execute(device::disconnect));
    Workers.close(workers, CLOSE_SECONDS);
    state.close();
  }

  /** To whoever listens now. */
  private final class Relay implements Listener {
    @Override
    public void lost(int device, String reason) {
      listener.lost(device, reason);
    }

    @Override
    public void returned(int device, Duration away) {
      listener.returned(device, away);
    }

    @Override
    public void message(int device, String topic, byte[] payload) {
      listener.message(device, topic, payload);
    }
  }
}
