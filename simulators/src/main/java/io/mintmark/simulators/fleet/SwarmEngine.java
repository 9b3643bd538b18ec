package io.mintmark.simulators.fleet;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.mintmark.identity.Identity;
import io.mintmark.simulators.Progress;
import io.mintmark.simulators.RememberingTrust;
import io.mintmark.simulators.Site;
import io.mintmark.simulators.SourceAddresses;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.reactivex.schedulers.Schedulers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Plays tens of thousands of devices from one process: the HiveMQ client on few event loops, which all
 * connections share, and credentials from the {@link FleetState}. It does what devices do on the wire
 * and little else: no renewal by itself, no roots of its own, messages kept in memory only.
 */
public final class SwarmEngine implements FleetEngine, SwarmDevice.Swarm {

  /** Requests for certificates at a time. */
  private static final int AT_ONCE = 32;

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
  private static final int CLOSE_SECONDS = 15;
  private static final int CONNECT_SECONDS = 30;

  private final FleetState state;
  private final InetSocketAddress broker;
  private final SourceAddresses sources = new SourceAddresses();
  private final SwarmTls tls;
  private final SwarmEnrolment enrolment;
  private final NioEventLoopGroup loops;
  private final MqttClientExecutorConfig executors;
  private final ExecutorService workers = Workers.of("swarm-enrol", AT_ONCE);
  private final List<SwarmDevice> devices = new ArrayList<>();
  private volatile Listener listener = new Listener() {};

  private SwarmEngine(FleetState state, Progress progress) throws UnknownHostException {
    this.state = state;
    Site site = state.site();
    broker = new InetSocketAddress(InetAddress.getByName(site.brokerHost()), site.brokerPort());
    tls = new SwarmTls(new RememberingTrust(site.trust()));
    enrolment = new SwarmEnrolment(site, state.plan().fleet(), progress);
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    loops = new NioEventLoopGroup(threads, new DefaultThreadFactory(GeneratorLoad.LOOPS, true));
    executors = MqttClientExecutorConfig.builder()
        .nettyExecutor(loops)
        .nettyThreads(threads)
        // Where it is: whoever is told returns at once.
        .applicationScheduler(Schedulers.trampoline())
        .build();
    for (int i = 0; i < state.plan().devices(); i++) {
      devices.add(new SwarmDevice(i, this));
    }
  }

  /**
   * Makes or opens the fleet's state; connects nothing.
   *
   * @throws IOException as one line to show, if that cannot be done
   */
  public static SwarmEngine open(Site site, FleetPlan plan, Progress progress) throws IOException {
    FleetState state = FleetState.open(site, plan, progress);
    try {
      return new SwarmEngine(state, progress);
    } catch (UnknownHostException e) {
      state.close();
      throw new IOException("broker host '" + site.brokerHost() + "' has no address here", e);
    }
  }

  @Override
  public String name() {
    return "swarm";
  }

  @Override
  public int size() {
    return devices.size();
  }

  @Override
  public Identity.Device identity(int device) {
    return state.identity(device);
  }

  @Override
  public Map<DeviceState, Integer> states() {
    Map<DeviceState, Integer> states = new EnumMap<>(DeviceState.class);
    for (SwarmDevice device : devices) {
      DeviceState at = device.state();
      boolean isNew = at == DeviceState.ENROLLED && !state.isEnrolled(device.number());
      states.merge(isNew ? DeviceState.NEW : at, 1, Integer::sum);
    }
    return states;
  }

  @Override
  public Optional<X509Certificate> shown(int device) {
    throw new UnsupportedOperationException(
        "devices of engine swarm do not say what they showed: use engine sdk");
  }

  @Override
  public Optional<X509Certificate> certificate(int device) {
    try {
      return Optional.ofNullable(credential(device)).map(StoredCredential::certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Set<X509Certificate> trusted(int device) {
    throw new UnsupportedOperationException(
        "devices of engine swarm share the roots they were started with: use engine sdk");
  }

  /** Its credential, from memory or the state; null if there is none, or it is over. */
  private StoredCredential credential(int device) throws IOException {
    StoredCredential known = devices.get(device).credential();
    if (known == null) {
      known = state.operational(device);
      if (known != null && known.certificate().getNotAfter().toInstant().isBefore(Instant.now())) {
        // A state from days ago: it enrols anew, as the SDK does.
        return null;
      }
      devices.get(device).credential(known);
    }
    return known;
  }

  @Override
  public void listener(Listener told) {
    listener = told == null ? new Listener() {} : told;
  }

  @Override
  public Listener listener() {
    return listener;
  }

  @Override
  public CompletableFuture<Void> enrol(int device) {
    if (certificate(device).isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    return Workers.submit(workers, () -> {
      StoredCredential enrolled =
          enrolment.enrol(identity(device).device(), state.bootstrap(device));
      state.keep(device, enrolled);
      devices.get(device).credential(enrolled);
      return null;
    });
  }

  @Override
  public CompletableFuture<Void> connect(int device) {
    try {
      if (credential(device) == null) {
        return CompletableFuture.failedFuture(new IOException(
            "the device has no operational credential: let it enrol before it connects"));
      }
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    return devices.get(device).connect();
  }

  @Override
  public CompletableFuture<Void> disconnect(int device) {
    return devices.get(device).disconnect();
  }

  @Override
  public CompletableFuture<Void> subscribe(int device, String filter, int qos) {
    return devices.get(device).subscribe(filter, qos);
  }

  @Override
  public CompletableFuture<Void> publish(int device, String topic, byte[] payload, int qos) {
    return devices.get(device).publish(topic, payload, qos);
  }

  @Override
  public CompletableFuture<Duration> renew(int device) {
    return Workers.compose(workers, () -> {
      StoredCredential current = credential(device);
      if (current == null) {
        throw new IOException("the device has no operational credential to renew");
      }
      StoredCredential next = enrolment.renew(identity(device).device(), current);
      state.keep(device, next);
      return devices.get(device).move(next);
    });
  }

  @Override
  public Mqtt5AsyncClient client(SwarmDevice device, MqttClientTransportConfig transport) {
    return MqttClient.builder()
        .identifier(identity(device.number()).name())
        .executorConfig(executors)
        .transportConfig(transport)
        .addConnectedListener(device::connected)
        .addDisconnectedListener(device::disconnected)
        .useMqttVersion5()
        .buildAsync();
  }

  @Override
  public MqttClientTransportConfig transport(StoredCredential credential) {
    InetSocketAddress source;
    synchronized (sources) {
      source = sources.next(broker);
    }
    MqttClientTransportConfigBuilder transport = MqttClientTransportConfig.builder()
        .serverAddress(broker)
        .sslConfig(tls.showing(credential))
        .socketConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
        .mqttConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS);
    return source == null ? transport.build() : transport.localAddress(source).build();
  }

  @Override
  public void in(Duration wait, Runnable task) {
    Future<?> unused = loops.next().schedule(task, wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public Duration backoff(int failures) {
    return BACKOFF.after(failures, ThreadLocalRandom.current());
  }

  @Override
  public void close() {
    enrolment.close();
    Workers.close(workers, CLOSE_SECONDS);
    CompletableFuture<?>[] goodbyes =
        devices.stream().map(SwarmDevice::close).toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(goodbyes)
        .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
        .join();
    loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    state.close();
  }
}
