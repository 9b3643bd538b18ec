package io.mintmark.device;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client is subscribed to, or wants to be, or no longer. It outlives connections, and the
 * broker's session too: on a new one everything is subscribed again. Not thread-safe.
 */
final class Subscriptions {

  private final PacketIds ids;
  private final Map<String, Subscription> byFilter = new LinkedHashMap<>();
  private final Map<Integer, Subscription> asked = new LinkedHashMap<>();

  /**
   * @param ids shared with the outbox of the same session
   */
  Subscriptions(PacketIds ids) {
    this.ids = ids;
  }

  /** Adds one, or the end of one, in place of what the filter had, which is done when it is. */
  void add(Subscription subscription) {
    Subscription before = byFilter.put(subscription.filter(), subscription);
    if (before != null) {
      before.isDoneWith(subscription);
    }
  }

  /** What the filter has, if that is wanted; else null. */
  Subscription get(String filter) {
    Subscription subscription = byFilter.get(filter);
    return subscription == null || subscription.isEnd() ? null : subscription;
  }

  /** The next one to ask the broker for, with a packet id from now on; null if there is none. */
  Subscription next() {
    for (Subscription subscription : byFilter.values()) {
      if (subscription.toBeSent()) {
        subscription.sentAs(ids.take());
        asked.put(subscription.id(), subscription);
        return subscription;
      }
    }
    return null;
  }

  /** The one this answer is for, no longer waiting; null if none is. */
  Subscription answered(int id, boolean granted) {
    Subscription subscription = asked.remove(id);
    if (subscription == null) {
      return null;
    }
    ids.release(id);
    if (granted && !subscription.isEnd()) {
      subscription.granted();
    } else {
      byFilter.remove(subscription.filter(), subscription);
    }
    return subscription;
  }

  /** The connection is gone: what has no answer is asked for again on the next. */
  void connectionLost() {
    asked.forEach((id, subscription) -> {
      ids.release(id);
      subscription.asNew();
    });
    asked.clear();
  }

  /**
   * The broker has no session of ours any more: everything is asked for again.
   *
   * @return the ends, which that has brought
   */
  List<Subscription> sessionLost() {
    connectionLost();
    List<Subscription> ends = new ArrayList<>();
    Iterator<Subscription> all = byFilter.values().iterator();
    while (all.hasNext()) {
      Subscription subscription = all.next();
      if (subscription.isEnd()) {
        all.remove();
        ends.add(subscription);
      } else {
        subscription.asNew();
      }
    }
    return ends;
  }

  /** The handlers whose filters cover the topic, in the order they were added. */
  List<MessageHandler> handlers(String topic) {
    List<MessageHandler> handlers = new ArrayList<>();
    for (Subscription subscription : byFilter.values()) {
      if (!subscription.isEnd() && Topics.matches(subscription.filter(), topic)) {
        handlers.add(subscription.handler());
      }
    }
    return handlers;
  }

  /** Takes everything out. */
  List<Subscription> clear() {
    connectionLost();
    List<Subscription> all = new ArrayList<>(byFilter.values());
    byFilter.clear();
    return all;
  }
}
