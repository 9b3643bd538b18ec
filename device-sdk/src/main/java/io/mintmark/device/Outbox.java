package io.mintmark.device;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The messages a client still has to get to the broker, in the order they were published: first
 * those that wait, then those in flight. It outlives connections. Not thread-safe.
 *
 * <p>Order holds within a topic and beyond: nothing overtakes, and after a reconnect what was in
 * flight goes first, in its old order, under its old packet ids and with DUP (MQTT 5, sections 4.4
 * and 4.6). What an earlier process stored goes out as new, under new packet ids: a receiver keeps
 * nothing of a QoS 1 message that it has acknowledged, and takes it for another (section 4.3.2).
 */
final class Outbox {

  private final Backlog backlog;
  private final OfflineBuffer.WhenFull whenFull;
  private final PacketIds ids;
  private final Consumer<Dropped> gone;
  private final Map<Integer, Outgoing> inFlight = new LinkedHashMap<>();
  private final Deque<Outgoing> again = new ArrayDeque<>();
  private long dropped;
  private long expired;
  private long unreadable;

  /**
   * @param backlog what is kept, and how much
   * @param whenFull what gives way
   * @param ids shared with the subscriptions of the same session
   * @param gone told of every message that will not be sent
   */
  Outbox(Backlog backlog, OfflineBuffer.WhenFull whenFull, PacketIds ids, Consumer<Dropped> gone) {
    this.backlog = backlog;
    this.whenFull = whenFull;
    this.ids = ids;
    this.gone = gone;
  }

  /** Takes a message in; if it is full, this one or older ones are gone afterwards. */
  void offer(Outgoing message) {
    byte[] packet = Packets.publish(message);
    message.size(packet.length);
    if (packet.length > backlog.largest(message)) {
      lost(
          message,
          new InvalidRequestException("a message of " + packet.length
              + " bytes is too large for the offline buffer, which takes "
              + backlog.largest(message) + " at most: publish less at a time or give it more"),
          false);
      return;
    }
    while (!backlog.hasRoom(message)) {
      if (!dropFor(message)) {
        drop(message, full());
        return;
      }
    }
    try {
      store(message, packet);
    } catch (IOException e) {
      drop(message, new RetryLaterException("the message cannot be stored: " + e.getMessage(), e));
    }
  }

  private RetryLaterException full() {
    return new RetryLaterException(backlog.waiting() + inFlight.size()
        + " messages wait for the broker, as many as the offline buffer takes"
        + ": publish again when some are through");
  }

  /** On a disk without room the oldest messages have to go by the file, until it works. */
  private void store(Outgoing message, byte[] packet) throws IOException {
    while (true) {
      try {
        backlog.add(message, packet);
        return;
      } catch (IOException e) {
        long size = backlog.sizeOnFullDisk(message);
        if (size < 0) {
          throw e;
        }
        while (backlog.sizeOnFullDisk(message) == size) {
          if (!dropFor(message)) {
            throw e;
          }
        }
      }
    }
  }

  /** Drops the oldest to make room, where that is the rule or its time is over. */
  private boolean dropFor(Outgoing message) {
    Outgoing oldest = backlog.oldestFor(message);
    if (oldest == null) {
      return false;
    }
    if (oldest.isOver()) {
      expire(oldest);
      return true;
    }
    if (whenFull != OfflineBuffer.WhenFull.DROP_OLDEST) {
      return false;
    }
    backlog.take(oldest);
    backlog.done(oldest);
    drop(
        oldest,
        new RetryLaterException(
            "the message was dropped for a newer one: the offline buffer is full"));
    return true;
  }

  private void expire(Outgoing message) {
    backlog.take(message);
    backlog.done(message);
    expired++;
    lost(
        message,
        new RetryLaterException("the message waited longer for the broker than its expiry allows"),
        true);
  }

  private void drop(Outgoing message, DeviceException cause) {
    dropped++;
    lost(message, cause, true);
  }

  /** The broker does not take a message. Whoever published it is told, if there is somebody. */
  void refused(Outgoing message, DeviceException cause) {
    boolean unheard = !message.isAwaited();
    dropped += unheard ? 1 : 0;
    lost(message, cause, unheard);
  }

  private void lost(Outgoing message, DeviceException cause, boolean told) {
    gone.accept(new Dropped(message.done(), DeviceException.about(About.MESSAGE, cause), told));
  }

  /**
   * The next message to write now, or null. One of QoS 1 is in flight from then on, one of QoS 0 is
   * forgotten.
   *
   * @param window most messages this connection may leave without an answer
   */
  Outgoing next(int window) {
    boolean open = inFlight.size() - again.size() < window;
    if (!again.isEmpty()) {
      return open ? again.poll() : null;
    }
    Outgoing first = backlog.first();
    while (first != null && first.isOver()) {
      expire(first);
      first = backlog.first();
    }
    if (first == null || (first.qos() > 0 && !open)) {
      return null;
    }
    backlog.take(first);
    if (first.qos() > 0) {
      first.inFlightAs(ids.take());
      inFlight.put(first.id(), first);
    } else {
      backlog.done(first);
    }
    return first;
  }

  /** Takes the answered message out; null if none is in flight under this id. */
  Outgoing answered(int id) {
    Outgoing message = inFlight.remove(id);
    if (message != null) {
      again.remove(message);
      ids.release(id);
      backlog.done(message);
    }
    return message;
  }

  /** The connection is gone: what is in flight has to be sent again on the next. */
  void connectionLost() {
    again.clear();
    for (Outgoing message : inFlight.values()) {
      message.toBeSentAgain();
      again.add(message);
    }
  }

  /**
   * The broker has no session of ours any more, so the packet ids mean nothing to it (section
   * 3.2.2.1.1): what was in flight is published anew, before all others.
   */
  void sessionLost() {
    List<Outgoing> lost = new ArrayList<>(inFlight.values());
    for (int i = lost.size() - 1; i >= 0; i--) {
      Outgoing message = lost.get(i);
      ids.release(message.id());
      message.asNew();
      backlog.putBack(message);
    }
    inFlight.clear();
    again.clear();
  }

  /** How many wait for their turn. */
  long waiting() {
    return backlog.waiting();
  }

  /** How many were sent and have no answer. */
  int inFlight() {
    return inFlight.size();
  }

  /** What was lost on disk since it was last asked. */
  long takeUnreadable() {
    long found = backlog.takeUnreadable();
    unreadable += found;
    return found;
  }

  BufferState state() {
    return new BufferState(waiting(), inFlight(), backlog.bytes(), dropped, expired, unreadable);
  }

  Backlog backlog() {
    return backlog;
  }

  /** Gives up all that is not done; what is stored stays there. */
  void close(DeviceException reason) {
    for (Outgoing message : inFlight.values()) {
      left(message.done(), backlog.isStored(message), reason);
      ids.release(message.id());
    }
    inFlight.clear();
    again.clear();
    backlog.close((done, stored) -> left(done, stored, reason));
  }

  private void left(CompletableFuture<Void> done, boolean stored, DeviceException reason) {
    gone.accept(new Dropped(
        done,
        stored
            ? new StoredException(
                "the client was closed; the message is stored and goes out after the next start")
            : reason,
        false));
  }
}
