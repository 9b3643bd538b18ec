package io.mintmark.device;

import java.util.HashMap;
import java.util.Map;

/**
 * The QoS 1 messages from the broker that it has no acknowledgement of yet. They are acknowledged
 * after the handler ran, on the connection they came by; one whose connection broke comes again
 * under its packet id with DUP, and is then not handled twice (MQTT 5, section 4.4). Not
 * thread-safe.
 */
final class Deliveries {

  /** One message, from its arrival to its acknowledgement. */
  static final class Delivery {
    private final int id;
    private Attachment by;
    private boolean handled;

    private Delivery(int id, Attachment by) {
      this.id = id;
      this.by = by;
    }

    int id() {
      return id;
    }
  }

  /** What to do about a message that arrived. */
  enum Action {
    HANDLE,
    WAIT,
    ACKNOWLEDGE
  }

  /**
   * @param action what to do
   * @param delivery what {@link #handled} is to be told; null unless the message is to be handled
   */
  record Arrival(Action action, Delivery delivery) {}

  private final Map<Integer, Delivery> open = new HashMap<>();

  /** A message has arrived. */
  Arrival arrived(int id, boolean duplicate, Attachment by) {
    Delivery before = open.get(id);
    // Without DUP the id names another message: the broker has begun a new session.
    if (before == null || !duplicate) {
      Delivery delivery = new Delivery(id, by);
      open.put(id, delivery);
      return new Arrival(Action.HANDLE, delivery);
    }
    before.by = by;
    if (before.handled) {
      open.remove(id);
      return new Arrival(Action.ACKNOWLEDGE, null);
    }
    return new Arrival(Action.WAIT, null);
  }

  /**
   * The handler is through with a message.
   *
   * @param inService the connection in service; nullable
   * @return whether to acknowledge it there; if not, the broker will bring it again
   */
  boolean handled(Delivery delivery, Attachment inService) {
    if (open.get(delivery.id) != delivery) {
      return false;
    }
    if (delivery.by == inService) {
      open.remove(delivery.id);
      return true;
    }
    delivery.handled = true;
    return false;
  }

  /** The broker has no session of ours any more. */
  void sessionLost() {
    open.clear();
  }

  /** Whether every message that came by the connection is acknowledged. */
  boolean noneBy(Attachment by) {
    return open.values().stream().noneMatch(d -> d.by == by);
  }
}
