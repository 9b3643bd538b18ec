package io.mintmark.device;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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
  private final Subscriptions subscriptions = new Subscriptions(ids);
  private final Deliveries deliveries = new Deliveries();
  private final Deque<Integer> acks = new ArrayDeque<>();
  private final int queueLimit;
  private Attachment inService;
  private Attachment last;
  private boolean held;
  private DeviceException closed;

  /**
   * @param queueLimit most messages that may wait for a connection or for their turn on it
   */
  Session(int queueLimit) {
    this.queueLimit = queueLimit;
    this.outbox = new Outbox(queueLimit, ids);
  }

  /** Takes a message to be sent; see {@link DeviceClient#publish}. */
  CompletableFuture<Void> publish(Outgoing message) {
    return locked(() -> {
      if (closed != null) {
        return CompletableFuture.failedFuture(closed);
      }
      if (!outbox.offer(message)) {
        return CompletableFuture.failedFuture(
            DeviceException.about(
                About.MESSAGE,
                new RetryLaterException(
                    queueLimit
                        + " messages wait for the broker, as many as may: publish again when some are through")));
      }
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
    List<Outgoing> impossible = new ArrayList<>();
    lock.lock();
    try {
      long left = nanos;
      while (inService == connection) {
        List<Frame> batch = batch(connection, impossible);
        if (!batch.isEmpty() || !impossible.isEmpty() || left <= 0) {
          return batch;
        }
        left = changed.awaitNanos(left);
      }
      return null;
    } finally {
      lock.unlock();
      impossible.forEach(m -> m.done()
          .completeExceptionally(DeviceException.about(About.MESSAGE, whyNot(connection, m))));
    }
  }

  private List<Frame> batch(Attachment connection, List<Outgoing> impossible) {
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
      if (message.isOver() || !takes(connection, message, bytes.length)) {
        outbox.answered(message.id());
        impossible.add(message);
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

  private static DeviceException whyNot(Attachment connection, Outgoing message) {
    if (message.isOver()) {
      return new RetryLaterException("the message expired before it could be sent: its "
          + message.message().expiry().orElseThrow() + " were over");
    }
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

  /** Fails everything that is not done, and whatever comes from now on. */
  void close(DeviceException reason) {
    List<CompletableFuture<Void>> left = locked(() -> {
      closed = reason;
      List<CompletableFuture<Void>> all = new ArrayList<>();
      outbox.clear().forEach(m -> all.add(m.done()));
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
    lock.lock();
    try {
      T result = change.get();
      changed.signalAll();
      return result;
    } finally {
      lock.unlock();
    }
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
