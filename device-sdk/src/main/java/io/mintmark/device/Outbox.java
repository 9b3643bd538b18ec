package io.mintmark.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages a client still has to get to the broker, in the order they were published: first
 * those that wait, then those in flight. It outlives connections. Not thread-safe.
 *
 * <p>Order holds within a topic and beyond: nothing overtakes, and after a reconnect what was in
 * flight goes first, in its old order, under its old packet ids and with DUP (MQTT 5, sections 4.4
 * and 4.6).
 */
final class Outbox {

  private final int limit;
  private final PacketIds ids;
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private final Map<Integer, Outgoing> inFlight = new LinkedHashMap<>();
  private final Deque<Outgoing> again = new ArrayDeque<>();

  /**
   * @param limit most messages that may wait
   * @param ids shared with the subscriptions of the same session
   */
  Outbox(int limit, PacketIds ids) {
    this.limit = limit;
    this.ids = ids;
  }

  /** Takes a message in, unless as many as may wait do. */
  boolean offer(Outgoing message) {
    return waiting.size() < limit && waiting.add(message);
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
    Outgoing first = waiting.peek();
    if (first == null || (first.qos() > 0 && !open)) {
      return null;
    }
    if (first.qos() > 0) {
      first.inFlightAs(ids.take());
      inFlight.put(first.id(), first);
    }
    return waiting.poll();
  }

  /** Takes the answered message out; null if none is in flight under this id. */
  Outgoing answered(int id) {
    Outgoing message = inFlight.remove(id);
    if (message != null) {
      again.remove(message);
      ids.release(id);
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
      waiting.addFirst(message);
    }
    inFlight.clear();
    again.clear();
  }

  /** How many wait for their turn. */
  int waiting() {
    return waiting.size();
  }

  /** How many were sent and have no answer. */
  int inFlight() {
    return inFlight.size();
  }

  /** Takes everything out. */
  List<Outgoing> clear() {
    List<Outgoing> left = new ArrayList<>(inFlight.values());
    left.addAll(waiting);
    inFlight.keySet().forEach(ids::release);
    inFlight.clear();
    again.clear();
    waiting.clear();
    return left;
  }
}
