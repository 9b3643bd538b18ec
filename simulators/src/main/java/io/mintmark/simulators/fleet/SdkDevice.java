package io.mintmark.simulators.fleet;

import io.mintmark.device.DeviceClient;
import io.mintmark.device.DeviceException;
import io.mintmark.device.DeviceListener;
import io.mintmark.device.RefusedException;
import io.mintmark.identity.Credential;
import io.mintmark.simulators.fleet.FleetEngine.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One device of a {@link SdkEngine}. Thread-safe. */
final class SdkDevice implements DeviceListener {

  /** The listener's news of a renewal comes a little after the renewal; this is long enough. */
  private static final int NEWS_SECONDS = 5;

  private final int number;
  private final Function<DeviceListener, DeviceClient> builder;
  private final FleetState state;
  private final Listener events;
  private final Map<String, Integer> subscriptions = new LinkedHashMap<>();
  private DeviceClient client;
  private boolean running;
  private boolean enrolled;
  private boolean refused;
  private Credential held;
  private Credential shown;
  private long lostAt;
  private CompletableFuture<Void> first;
  private CompletableFuture<Duration> moving;

  /**
   * @param builder a client that is not started, with this listener
   * @param events told what happens
   */
  SdkDevice(
      int number,
      FleetState state,
      Function<DeviceListener, DeviceClient> builder,
      Listener events) {
    this.number = number;
    this.state = state;
    this.builder = builder;
    this.events = events;
    this.enrolled = Files.exists(state.sdk(number).resolve("credential.pem"));
  }

  synchronized DeviceState state() {
    if (running) {
      return client.isConnected()
          ? DeviceState.CONNECTED
          : refused ? DeviceState.REFUSED : DeviceState.CONNECTING;
    }
    return refused ? DeviceState.REFUSED : enrolled ? DeviceState.ENROLLED : DeviceState.NEW;
  }

  /** The credential in use or stored. */
  synchronized Optional<Credential> credential() throws IOException {
    if (held == null && enrolled) {
      held = Credential.fromPem(Files.readString(state.sdk(number).resolve("credential.pem")));
    }
    return Optional.ofNullable(held);
  }

  /** What its latest connection was made with; empty if it was stored before. */
  synchronized Optional<Credential> shown() {
    return Optional.ofNullable(shown);
  }

  /** The client; made if there is none, and not started then. */
  synchronized DeviceClient client() {
    if (client == null) {
      client = builder.apply(this);
      subscriptions.forEach((filter, qos) -> {
        var unused = subscribe(client, filter, qos);
      });
    }
    return client;
  }

  /** Blocks while it takes. */
  void enrol() throws DeviceException, InterruptedException {
    synchronized (this) {
      if (enrolled) {
        return;
      }
    }
    try {
      client().enrol();
    } catch (RefusedException e) {
      synchronized (this) {
        refused = true;
      }
      throw e;
    }
    synchronized (this) {
      enrolled = true;
      refused = false;
    }
  }

  CompletableFuture<Void> connect() {
    DeviceClient starting = client();
    synchronized (this) {
      if (running) {
        return first;
      }
      running = true;
      refused = false;
      first = new CompletableFuture<>();
      lostAt = System.nanoTime();
      starting.startInBackground();
      return first;
    }
  }

  /** Blocks while it takes. */
  void disconnect() {
    DeviceClient closing;
    synchronized (this) {
      closing = client;
      client = null;
      running = false;
    }
    if (closing != null) {
      closing.close();
    }
  }

  synchronized CompletableFuture<Void> subscribe(String filter, int qos) {
    subscriptions.put(filter, qos);
    return subscribe(client(), filter, qos);
  }

  private CompletableFuture<Void> subscribe(DeviceClient on, String filter, int qos) {
    return on.subscribe(filter, qos, m -> events.message(number, m.topic(), m.payload()));
  }

  CompletableFuture<Duration> renew() {
    DeviceClient renewing;
    CompletableFuture<Duration> gap = new CompletableFuture<>();
    synchronized (this) {
      if (!running) {
        return CompletableFuture.failedFuture(new IOException(
            "a device of engine sdk renews only while it runs: let it connect first"));
      }
      renewing = client;
      moving = gap;
    }
    var unused = renewing.renewNow().whenComplete((done, failure) -> {
      if (failure != null) {
        gap.completeExceptionally(failure);
      } else if (renewing.isConnected()) {
        var unusedLate = gap.completeOnTimeout(Duration.ZERO, NEWS_SECONDS, TimeUnit.SECONDS);
      } else {
        gap.complete(Duration.ZERO);
      }
    });
    return gap;
  }

  @Override
  public synchronized void enrolled(Credential credential) {
    enrolled = true;
    held = credential;
  }

  @Override
  public synchronized void renewed(Credential credential) {
    held = credential;
  }

  @Override
  public void connected(boolean sessionPresent) {
    CompletableFuture<Void> waiting;
    Duration away;
    synchronized (this) {
      enrolled = true;
      refused = false;
      shown = held;
      waiting = first;
      away = Duration.ofNanos(System.nanoTime() - lostAt);
    }
    if (waiting != null && !waiting.complete(null)) {
      events.returned(number, away);
    }
    moved(away, sessionPresent);
  }

  @Override
  public void moved(Duration gap, boolean sessionPresent) {
    CompletableFuture<Duration> waiting;
    synchronized (this) {
      shown = held;
      waiting = moving;
    }
    if (waiting != null) {
      waiting.complete(gap);
    }
  }

  @Override
  public void disconnected(DeviceException cause) {
    boolean ours;
    synchronized (this) {
      lostAt = System.nanoTime();
      ours = !running;
    }
    if (!ours) {
      events.lost(number, cause == null ? "the connection ended" : cause.getMessage());
    }
  }

  @Override
  public void retrying(DeviceException cause, Instant next) {
    fail(cause);
  }

  @Override
  public void refused(RefusedException reason, Instant next) {
    synchronized (this) {
      refused = true;
    }
    fail(reason);
  }

  private void fail(DeviceException cause) {
    CompletableFuture<Void> waiting;
    synchronized (this) {
      waiting = first;
    }
    if (waiting != null) {
      waiting.completeExceptionally(cause);
    }
  }
}
