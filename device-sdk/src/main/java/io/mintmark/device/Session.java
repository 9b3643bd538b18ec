package io.mintmark.device;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The client's side of the MQTT session (MQTT 5, section 4.1): what outlives a connection. At most
 * one connection is in service at a time; its writer takes packets from here and its reader brings
 * them. Thread-safe. Futures are completed without a lock held.
 */
final class Session {

  /**
   * Bytes of one packet to write.
   *
   * @param bytes the packet
   * @param done the QoS 0 message that is done once they are written; null for all else
   */
  record Frame(byte[] bytes, Outgoing done) {}

  private static final int BATCH = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PacketIds ids = new PacketIds();
  private final Outbox outbox;
  private final BufferWatch watch;
  private final Subscriptions subscriptions = new Subscriptions(ids);
  private final Deliveries deliveries = new Deliveries();
  private final Deque<Integer> acks = new ArrayDeque<>();
  private final List<Dropped> dropped = new ArrayList<>();
  private Attachment inService;
  private Attachment last;
  private boolean held;
  private DeviceException closed;

  /**
   * @param buffer makes what keeps messages, for one that is told of those it loses
   * @param whenFull what gives way when that is full
   * @param watch told what becomes of the buffer, without a lock held
   */
  Session(
      Function<Consumer<Dropped>, Backlog> buffer,
      OfflineBuffer.WhenFull whenFull,
      BufferWatch watch) {
    this.watch = watch;
    this.outbox = new Outbox(buffer.apply(dropped::add), whenFull, ids, dropped::add);
  }

  /** Takes a message to be sent; see {@link DeviceClient#publish}. */
  CompletableFuture<Void> publish(Outgoing message) {
    return locked(() -> {
      if (closed != null) {
        return CompletableFuture.failedFuture(closed);
      }
      outbox.offer(message);
      return message.done();
    });
  }

  /** Takes a subscription to be made or ended; see {@link DeviceClient#subscribe}. */
  CompletableFuture<Void> subscribe(Subscription subscription) {
    return locked(() -> {
      if (closed != null) {
        return CompletableFuture.failedFuture(closed);
      }
      subscriptions.add(subscription);
      return subscription.done();
    });
  }

  /** Takes a subscription to be made, unless its filter has one. */
  CompletableFuture<Void> subscribeOnce(Subscription subscription) {
    return locked(() -> {
      Subscription before = subscriptions.get(subscription.filter());
      return before == null ? subscribe(subscription) : before.done();
    });
  }

  /** A connection comes into service; one before it has been detached. */
  void attach(Attachment connection) {
    List<Subscription> ended = locked(() -> {
      inService = connection;
      last = connection;
      held = false;
      if (connection.sessionPresent()) {
        return List.of();
      }
      outbox.sessionLost();
      deliveries.sessionLost();
      return subscriptions.sessionLost();
    });
    ended.forEach(end -> end.done().complete(null));
  }

  /** A connection goes out of service, broken or not. Does nothing if it is out already. */
  void detach(Attachment connection) {
    locked(() -> {
      if (inService == connection) {
        inService = null;
        outbox.connectionLost();
        subscriptions.connectionLost();
        acks.clear();
      }
      return null;
    });
  }

  /**
   * What a connection is to write next; waits for it.
   *
   * @param nanos longest wait
   * @return empty if there was nothing in time; null if the connection is out of service
   */
  List<Frame> take(Attachment connection, long nanos) throws InterruptedException {
    Changes changes = null;
    lock.lock();
    try {
      long left = nanos;
      while (inService == connection) {
        List<Frame> batch = batch(connection);
        if (!batch.isEmpty() || !dropped.isEmpty() || left <= 0) {
          return batch;
        }
        left = changed.awaitNanos(left);
      }
      return null;
    } finally {
      changes = changes();
      lock.unlock();
      changes.tell(watch);
    }
  }

  private List<Frame> batch(Attachment connection) {
    List<Frame> batch = new ArrayList<>();
    for (Integer ack = acks.poll(); ack != null; ack = acks.poll()) {
      batch.add(new Frame(Packets.puback(ack), null));
      changed.signalAll();
    }
    if (held) {
      return batch;
    }
    Subscription subscription = subscriptions.next();
    while (subscription != null) {
      batch.add(new Frame(packet(subscription), null));
      subscription = subscriptions.next();
    }
    while (batch.size() < BATCH) {
      Outgoing message = outbox.next(connection.window());
      if (message == null) {
        break;
      }
      byte[] bytes = Packets.publish(message);
      if (!takes(connection, message, bytes.length)) {
        outbox.answered(message.id());
        outbox.refused(message, DeviceException.about(About.MESSAGE, whyNot(connection, message)));
      } else {
        batch.add(new Frame(bytes, message.qos() == 0 ? message : null));
      }
    }
    return batch;
  }

  private static byte[] packet(Subscription subscription) {
    return subscription.isEnd()
        ? Packets.unsubscribe(subscription.id(), subscription.filter())
        : Packets.subscribe(subscription.id(), subscription.filter(), subscription.qos());
  }

  private static boolean takes(Attachment connection, Outgoing message, int size) {
    return size <= connection.largestPacket()
        && message.qos() <= connection.maximumQos()
        && (connection.retains() || !message.message().retained());
  }

  private static InvalidRequestException whyNot(Attachment connection, Outgoing message) {
    if (message.qos() > connection.maximumQos()) {
      return new InvalidRequestException("the broker takes no messages of QoS 1");
    }
    if (message.message().retained() && !connection.retains()) {
      return new InvalidRequestException("the broker keeps no retained messages");
    }
    return new InvalidRequestException("a message of "
        + message.payload().length
        + " bytes is too large: the broker takes packets of "
        + connection.largestPacket()
        + " bytes");
  }

  /** The broker answered a PUBLISH; the message it was, or null if none waits for it. */
  Outgoing published(Attachment connection, int id) {
    return locked(() -> fromLast(connection) ? outbox.answered(id) : null);
  }

  /** The broker answered a SUBSCRIBE or UNSUBSCRIBE; what it was for, or null if none waits. */
  Subscription subscribed(Attachment connection, int id, boolean granted) {
    return locked(() -> fromLast(connection) ? subscriptions.answered(id, granted) : null);
  }

  /** The broker brought a message of QoS 1. */
  Deliveries.Arrival arrived(Attachment connection, int id, boolean duplicate) {
    return locked(() -> {
      Deliveries.Arrival arrival = deliveries.arrived(id, duplicate, connection);
      if (arrival.action() == Deliveries.Action.ACKNOWLEDGE) {
        acks.add(id);
      }
      return arrival;
    });
  }

  /** A message of QoS 1 was handled; it is acknowledged if its connection is still in service. */
  void handled(Deliveries.Delivery delivery) {
    locked(() -> deliveries.handled(delivery, inService) && acks.add(delivery.id()));
  }

  /** The handlers for a topic, in the order they were subscribed. */
  List<MessageHandler> handlers(String topic) {
    return locked(() -> subscriptions.handlers(topic));
  }

  /**
   * Holds back what has not been sent, and waits until nothing that was sent or received lacks its
   * acknowledgement, so that the next connection has nothing to repeat. {@link #attach} or {@link
   * #release} ends it.
   *
   * @param patience longest wait
   */
  void hold(Duration patience) throws InterruptedException {
    await(patience, () -> {
      held = true;
      return inService == null
          || (outbox.inFlight() == 0 && acks.isEmpty() && deliveries.noneBy(inService));
    });
  }

  /** Lets the connection in service send again. */
  void release() {
    locked(() -> held = false);
  }

  /**
   * Waits until every message is through, or there is no connection to send it on.
   *
   * @param patience longest wait
   */
  void drain(Duration patience) throws InterruptedException {
    await(
        patience,
        () -> inService == null
            || (outbox.waiting() == 0 && outbox.inFlight() == 0 && acks.isEmpty()));
  }

  /** The broker does not take a message that it answered. */
  void refused(Outgoing message, DeviceException cause) {
    locked(() -> {
      outbox.refused(message, cause);
      return null;
    });
  }

  /** How the buffer stands. */
  BufferState state() {
    return locked(outbox::state);
  }

  /**
   * Brings what the buffer holds to the disk. Not by two threads at a time.
   *
   * @throws IOException if it cannot be told whether it is there
   */
  void sync() throws IOException {
    LogSync sync = locked(() -> closed == null ? outbox.backlog().beginSync() : LogSync.NOTHING);
    boolean failed = true;
    try {
      sync.force();
      failed = false;
    } finally {
      boolean notThere = failed;
      locked(() -> {
        outbox.backlog().endSync(sync, notThere);
        return null;
      });
    }
  }

  /** Fails everything that is not done, and whatever comes from now on; what is stored stays so. */
  void close(DeviceException reason) {
    List<CompletableFuture<Void>> left = locked(() -> {
      if (closed != null) {
        return List.of();
      }
      closed = reason;
      outbox.close(reason);
      List<CompletableFuture<Void>> all = new ArrayList<>();
      subscriptions.clear().forEach(s -> all.add(s.done()));
      return all;
    });
    left.forEach(f -> f.completeExceptionally(reason));
  }

  /** Answers on a connection that was followed by another would meet packet ids used anew. */
  private boolean fromLast(Attachment connection) {
    return last == connection;
  }

  private <T> T locked(Supplier<T> change) {
    Changes changes = null;
    lock.lock();
    try {
      T result = change.get();
      changed.signalAll();
      return result;
    } finally {
      changes = changes();
      lock.unlock();
      changes.tell(watch);
    }
  }

  /**
   * What happened to the buffer, to be told when the lock is free.
   *
   * @param dropped whose futures are to be failed
   * @param unreadable messages lost on disk
   * @param dirty whether there is something to sync
   */
  private record Changes(List<Dropped> dropped, long unreadable, boolean dirty) {
    void tell(BufferWatch watch) {
      dropped.forEach(d -> d.done().completeExceptionally(d.cause()));
      List<Dropped> losses = dropped.stream().filter(Dropped::loss).toList();
      if (!losses.isEmpty()) {
        watch.dropped(losses.size(), losses.get(losses.size() - 1).cause());
      }
      if (unreadable > 0) {
        watch.dropped(
            unreadable,
            new RetryLaterException("messages were stored and cannot be read any more"));
      }
      if (dirty) {
        watch.dirty();
      }
    }
  }

  private Changes changes() {
    if (lock.getHoldCount() > 1) {
      return new Changes(List.of(), 0, false);
    }
    List<Dropped> gone = dropped.isEmpty() ? List.of() : List.copyOf(dropped);
    dropped.clear();
    return new Changes(gone, outbox.takeUnreadable(), outbox.backlog().takeDirty());
  }

  private void await(Duration patience, BooleanSupplier reached) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (!reached.getAsBoolean() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
