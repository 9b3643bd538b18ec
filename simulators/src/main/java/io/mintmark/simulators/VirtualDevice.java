package io.mintmark.simulators;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceException;
import io.mintmark.device.DeviceListener;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.simulators.attack.Watch;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One simulated device: the real SDK, and a diary of what its listener told. Thread-safe, except
 * that start, restart and close are called by one thread at a time.
 */
public final class VirtualDevice implements AutoCloseable {

  /**
   * What all devices of a fleet share.
   *
   * @param site where they enrol and connect
   * @param fleet whose they are
   * @param folder each keeps its credential in a folder of its own below
   * @param longestReconnect longest wait between two attempts to connect
   * @param clock what time it is for them
   */
  public record Home(
      Site site, FleetId fleet, Path folder, Duration longestReconnect, Clock clock) {}

  private static final Duration FIRST_RECONNECT = Duration.ofMillis(100);
  private static final int SUBSCRIBE_SECONDS = 10;

  private final Home home;
  private final DeviceId id;
  private final Credential bootstrap;
  private final Watch watch = new Watch();
  private final List<Instant> arrivals = new CopyOnWriteArrayList<>();
  private final List<Duration> gaps = new CopyOnWriteArrayList<>();
  private final List<MessageHandler> commands = new CopyOnWriteArrayList<>();
  private final Set<PublicKey> keys = ConcurrentHashMap.newKeySet();
  private final AtomicInteger renewals = new AtomicInteger();
  private final AtomicInteger sessionsLost = new AtomicInteger();
  private final AtomicInteger disconnects = new AtomicInteger();
  private volatile long enrolledAt;
  private volatile long lostAt;
  private volatile BigInteger heldSerial;
  private volatile BigInteger usedSerial;
  private volatile boolean started;
  private volatile DeviceClient client;

  public VirtualDevice(Home home, DeviceId id, Credential bootstrap) {
    this.home = home;
    this.id = id;
    this.bootstrap = bootstrap;
  }

  /**
   * Enrols if it has no credential yet, connects, and subscribes to its commands; returns when the
   * broker has granted that.
   */
  public void start() throws DeviceException, TimeoutException, InterruptedException {
    client = DeviceClient.builder()
        .service(home.site().service())
        .fleet(home.fleet())
        .broker(home.site().brokerHost(), home.site().brokerPort())
        .bootstrap(bootstrap)
        .trust(home.site().trust())
        .folder(home.folder().resolve(id.value()))
        .reconnectBackoff(FIRST_RECONNECT, home.longestReconnect())
        .clock(home.clock())
        .listener(new Diary())
        .build();
    CompletableFuture<Void> subscribed =
        client.subscribe(Topics.commands(identity(), "#"), 1, m -> command(m.topic(), m.payload()));
    client.start();
    try {
      subscribed.get(SUBSCRIBE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DeviceException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new TimeoutException(
          "the broker did not answer a subscription in " + SUBSCRIBE_SECONDS + " s");
    }
    started = true;
  }

  private void command(String topic, byte[] payload) {
    watch.message(topic, payload);
    commands.forEach(handler -> handler.message(topic, payload));
  }

  /** Hands each command that arrives from now on to this handler too. */
  void onCommand(MessageHandler handler) {
    commands.add(handler);
  }

  /** Stops, and starts again with the credential it has stored. */
  void restart() throws DeviceException, TimeoutException, InterruptedException {
    close();
    start();
  }

  DeviceId id() {
    return id;
  }

  Credential bootstrap() {
    return bootstrap;
  }

  /** Its name. */
  public Identity.Device identity() {
    return new Identity.Device(home.site().trustDomain(), home.fleet(), id);
  }

  /** The operational credential in use. */
  Credential credential() {
    return client.credential();
  }

  /** Whether it holds an operational credential. */
  boolean isEnrolled() {
    try {
      return client != null && client.credential() != null;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** When it was enrolled, in {@link System#nanoTime}; 0 if it was not. */
  long enrolledAt() {
    return enrolledAt;
  }

  /** Whether it was started, and connected then. */
  boolean isStarted() {
    return started;
  }

  /** The serial number of the certificate it last connected with; null before the first time. */
  BigInteger usedSerial() {
    return usedSerial;
  }

  /** Whether there is a connection the broker has accepted. */
  boolean isConnected() {
    return started && client.isConnected();
  }

  /** The roots it trusts, in use and on disk: each of which it could find itself trusting. */
  Set<X509Certificate> trusted() throws IOException {
    Set<X509Certificate> all = new HashSet<>(client.trustAnchors());
    all.addAll(
        Pem.certificates(Files.readString(home.folder().resolve(id.value()).resolve("trust.pem"))));
    return all;
  }

  /** Publishes with QoS 1; completes when the broker has it. */
  public CompletableFuture<Void> publish(String topic, byte[] payload) {
    return client.publish(topic, payload, 1);
  }

  /** Renews now, whatever the schedule says; completes when it is connected with the new one. */
  public CompletableFuture<Void> renewNow() {
    return client.renewNow();
  }

  /** The marked commands it received. */
  public Watch watch() {
    return watch;
  }

  /** When connections began: the first, those after a loss, and those with a renewed identity. */
  List<Instant> arrivals() {
    return List.copyOf(arrivals);
  }

  /** How long it was away for each renewed identity. */
  List<Duration> gaps() {
    return List.copyOf(gaps);
  }

  /** How often it renewed. */
  int renewals() {
    return renewals.get();
  }

  /** How many keys it has held certificates for since it was made. */
  int keys() {
    return keys.size();
  }

  /** How often the broker had no session of it any more when it came back. */
  int sessionsLost() {
    return sessionsLost.get();
  }

  /** How often it lost its connection without wanting to. */
  public int disconnects() {
    return disconnects.get();
  }

  /** When it last lost its connection, in {@link System#nanoTime}. */
  long lostAt() {
    return lostAt;
  }

  @Override
  public void close() {
    started = false;
    if (client != null) {
      client.close();
    }
  }

  /** Told in the order things happened, so that a renewal comes before its connection. */
  private final class Diary implements DeviceListener {
    @Override
    public void enrolled(Credential credential) {
      enrolledAt = System.nanoTime();
      held(credential);
    }

    @Override
    public void renewed(Credential credential) {
      renewals.incrementAndGet();
      held(credential);
    }

    private void held(Credential credential) {
      heldSerial = credential.certificate().getSerialNumber();
      keys.add(credential.certificate().getPublicKey());
    }

    @Override
    public void connected(boolean sessionPresent) {
      arrived(sessionPresent);
    }

    @Override
    public void moved(Duration gap, boolean sessionPresent) {
      gaps.add(gap);
      arrived(sessionPresent);
    }

    private void arrived(boolean sessionPresent) {
      if (!sessionPresent && !arrivals.isEmpty()) {
        sessionsLost.incrementAndGet();
      }
      usedSerial = heldSerial;
      arrivals.add(home.clock().instant());
    }

    @Override
    public void disconnected(DeviceException cause) {
      lostAt = System.nanoTime();
      disconnects.incrementAndGet();
    }
  }
}
