package io.mintmark.simulators.fleet;

import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientReconnector;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.mintmark.simulators.fleet.FleetEngine.Listener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One device of a swarm: a HiveMQ client of its own for as long as the engine lives. Between two
 * connections the client is parked at a gate, which opens when the device is to connect again; each
 * connection has a TLS configuration of its own. Messages wait meanwhile, and subscriptions are made
 * again where the broker has forgotten the session. Thread-safe; told by the event loop.
 */
final class SwarmDevice {

  /** What the devices of a swarm share. */
  interface Swarm {
    /** A client for this name that tells this device, not yet connected. */
    Mqtt5AsyncClient client(SwarmDevice device, MqttClientTransportConfig transport);

    /** For one connection that shows this credential. */
    MqttClientTransportConfig transport(StoredCredential credential);

    /** Has it done on an event loop after a while. */
    void in(Duration wait, Runnable task);

    /** How long to wait after so many failures in a row. */
    Duration backoff(int failures);

    /** Who is told what happens. */
    Listener listener();
  }

  private static final long SESSION_SECONDS = 3600;
  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

  /** How long messages on their way may delay a move; what is left is sent again. */
  private static final long SETTLE_NANOS = Duration.ofMillis(250).toNanos();

  private static final Mqtt5Connect AGAIN = Mqtt5Connect.builder()
      .cleanStart(false)
      .sessionExpiryInterval(SESSION_SECONDS)
      .keepAlive(KEEP_ALIVE_SECONDS)
      .build();

  /** What an earlier run has left in the session is none of this one's. */
  private static final Mqtt5Connect FIRST = AGAIN.extend().cleanStart(true).build();

  private final int number;
  private final Swarm swarm;
  private final AtomicInteger inFlight = new AtomicInteger();
  private StoredCredential credential;
  private Mqtt5AsyncClient client;
  private CompletableFuture<Void> gate;
  private CompletableFuture<Void> first;
  private CompletableFuture<Duration> moving;
  private boolean wanted;
  private boolean up;
  private boolean refused;
  private boolean closed;
  private int failures;
  private long lostAt;

  SwarmDevice(int number, Swarm swarm) {
    this.number = number;
    this.swarm = swarm;
  }

  int number() {
    return number;
  }

  /** Where it is, if it has a credential; the engine knows whether. */
  synchronized DeviceState state() {
    return up
        ? DeviceState.CONNECTED
        : refused ? DeviceState.REFUSED : wanted ? DeviceState.CONNECTING : DeviceState.ENROLLED;
  }

  /** The credential it was last given; null if none. */
  synchronized StoredCredential credential() {
    return credential;
  }

  /** What the next connection shows. */
  synchronized void credential(StoredCredential next) {
    credential = next;
  }

  CompletableFuture<Void> connect() {
    CompletableFuture<Void> opened;
    Mqtt5AsyncClient fresh = null;
    CompletableFuture<Void> attempt;
    synchronized (this) {
      if (wanted) {
        return first;
      }
      wanted = true;
      refused = false;
      failures = 0;
      lostAt = System.nanoTime();
      first = new CompletableFuture<>();
      attempt = first;
      opened = gate;
      gate = null;
      if (client == null) {
        client = swarm.client(this, swarm.transport(credential));
        fresh = client;
      }
    }
    if (fresh != null) {
      fresh.publishes(MqttGlobalPublishFilter.ALL, this::arrived);
      // What becomes of it the listeners hear.
      var unused = fresh.connect(FIRST);
    } else if (opened != null) {
      opened.complete(null);
    }
    return attempt;
  }

  CompletableFuture<Void> disconnect() {
    Mqtt5AsyncClient leaving;
    synchronized (this) {
      wanted = false;
      if (!up) {
        return CompletableFuture.completedFuture(null);
      }
      leaving = client;
    }
    // That the other side was faster is as good.
    return leaving.disconnect().exceptionally(failure -> null);
  }

  CompletableFuture<Void> subscribe(String filter, int qos) {
    Mqtt5AsyncClient on = connected();
    if (on == null) {
      return notConnected();
    }
    return SwarmDevice.<Object>inWords(
        on.subscribeWith().topicFilter(filter).qos(MqttQos.fromCode(qos)).send());
  }

  CompletableFuture<Void> publish(String topic, byte[] payload, int qos) {
    Mqtt5AsyncClient on = connected();
    if (on == null) {
      return notConnected();
    }
    inFlight.incrementAndGet();
    CompletableFuture<Void> done = SwarmDevice.<Object>inWords(on.publish(Mqtt5Publish.builder()
        .topic(topic)
        .payload(payload)
        .qos(MqttQos.fromCode(qos))
        .build()));
    var unused = done.whenComplete((sent, failure) -> inFlight.decrementAndGet());
    return done;
  }

  private synchronized Mqtt5AsyncClient connected() {
    return client;
  }

  private static CompletableFuture<Void> notConnected() {
    return CompletableFuture.failedFuture(
        new IOException("the device has never been connected: let it connect first"));
  }

  private static <T> CompletableFuture<Void> inWords(CompletableFuture<? extends T> future) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    var unused = future.whenComplete((done, failure) -> {
      if (failure == null) {
        told.complete(null);
      } else {
        told.completeExceptionally(new IOException(SwarmFailures.reason(failure), failure));
      }
    });
    return told;
  }

  /** Takes the connection, if there is one, to this credential; completes with the time without one. */
  CompletableFuture<Duration> move(StoredCredential next) {
    CompletableFuture<Duration> moved = new CompletableFuture<>();
    synchronized (this) {
      credential = next;
      if (!up) {
        return CompletableFuture.completedFuture(Duration.ZERO);
      }
    }
    settle(moved, System.nanoTime() + SETTLE_NANOS);
    return moved;
  }

  private void settle(CompletableFuture<Duration> moved, long latest) {
    if (inFlight.get() > 0 && System.nanoTime() < latest) {
      swarm.in(LOOK_AGAIN, () -> settle(moved, latest));
      return;
    }
    Mqtt5AsyncClient leaving;
    synchronized (this) {
      if (!up) {
        // It was lost meanwhile, and comes back with the new one anyway.
        moved.complete(Duration.ZERO);
        return;
      }
      moving = moved;
      lostAt = System.nanoTime();
      leaving = client;
    }
    var unused = leaving.disconnect();
  }

  private void arrived(Mqtt5Publish message) {
    swarm.listener().message(number, message.getTopic().toString(), message.getPayloadAsBytes());
  }

  /** The broker has let it in. */
  void connected(Object context) {
    CompletableFuture<Void> waiting;
    CompletableFuture<Duration> moved;
    Duration away;
    boolean unwanted;
    synchronized (this) {
      up = true;
      failures = 0;
      waiting = first;
      moved = moving;
      moving = null;
      away = Duration.ofNanos(System.nanoTime() - lostAt);
      unwanted = !wanted;
    }
    if (unwanted) {
      var unused = client.disconnect();
    }
    boolean initial = waiting.complete(null);
    if (moved != null) {
      moved.complete(away);
    } else if (!initial) {
      swarm.listener().returned(number, away);
    }
  }

  /** A connection has ended, or an attempt has failed. */
  void disconnected(MqttClientDisconnectedContext context) {
    Mqtt5ClientReconnector reconnector = (Mqtt5ClientReconnector) context.getReconnector();
    CompletableFuture<Void> park = new CompletableFuture<>();
    String lost = null;
    CompletableFuture<Void> failed = null;
    CompletableFuture<Duration> unmoved = null;
    Duration wait = null;
    synchronized (this) {
      boolean wasUp = up;
      up = false;
      if (closed) {
        return;
      }
      reconnector
          .reconnectWhen(park, (opened, failure) -> leave(reconnector, failure))
          .resubscribeIfSessionExpired(true)
          .republishIfSessionExpired(true)
          .delay(0, TimeUnit.NANOSECONDS);
      gate = park;
      if (!wasUp) {
        failed = first;
        refused = SwarmFailures.isRefusal(context.getCause());
        if (refused) {
          wanted = false;
          unmoved = moving;
          moving = null;
        }
      } else if (moving == null && wanted) {
        lostAt = System.nanoTime();
        lost = SwarmFailures.reason(context.getCause());
      }
      if (wanted) {
        boolean atOnce = wasUp && moving != null;
        wait = atOnce ? Duration.ZERO : swarm.backoff(++failures);
      }
    }
    if (wait != null) {
      CompletableFuture<Void> opening = park;
      if (wait.isZero()) {
        open(opening);
      } else {
        swarm.in(wait, () -> open(opening));
      }
    }
    if (lost != null) {
      swarm.listener().lost(number, lost);
    }
    IOException reason = new IOException(SwarmFailures.reason(context.getCause()));
    if (failed != null) {
      failed.completeExceptionally(reason);
    }
    if (unmoved != null) {
      unmoved.completeExceptionally(reason);
    }
  }

  private void open(CompletableFuture<Void> opening) {
    synchronized (this) {
      if (gate != opening || !wanted) {
        return;
      }
      gate = null;
    }
    opening.complete(null);
  }

  /** On the client's event loop, when the gate has opened. */
  private void leave(Mqtt5ClientReconnector reconnector, Throwable failure) {
    synchronized (this) {
      if (closed || failure != null) {
        reconnector.reconnect(false);
        return;
      }
      reconnector.connect(AGAIN).transportConfig(swarm.transport(credential));
    }
  }

  /** Leaves for good; completes when the goodbye is said. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> opened;
    Mqtt5AsyncClient leaving;
    synchronized (this) {
      closed = true;
      wanted = false;
      opened = gate;
      gate = null;
      leaving = up ? client : null;
    }
    if (opened != null) {
      opened.complete(null);
    }
    return leaving == null
        ? CompletableFuture.completedFuture(null)
        : leaving.disconnect().exceptionally(failure -> null);
  }
}
