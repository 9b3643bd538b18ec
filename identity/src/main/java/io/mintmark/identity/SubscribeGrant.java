package io.mintmark.identity;

import java.util.Locale;

/**
 * Topics an identity may subscribe to. Immutable.
 *
 * @param topic a topic filter, perhaps with variables ({@link TopicGrants})
 * @param qos the highest QoS that is granted; a SUBSCRIBE that asks for more is granted this
 * @param shared whether in a shared subscription too, or only in one
 */
public record SubscribeGrant(String topic, int qos, Shared shared) {

  /** Whether subscriptions may be shared ones. */
  public enum Shared {
    /** Only subscriptions of one's own. */
    NO,
    /** Both. */
    YES,
    /** Only shared ones. */
    ONLY;

    boolean permits(boolean isShared) {
      return this == YES || (this == ONLY) == isShared;
    }
  }

  /**
   * @throws IllegalArgumentException if the topic is no topic filter, or the QoS none
   */
  public SubscribeGrant {
    new TopicFilter(topic);
    PublishGrant.requireQos(qos);
  }

  /** A grant without any limit but its topics. */
  public SubscribeGrant(String topic) {
    this(topic, 2, Shared.YES);
  }

  /** Whether it has no limit but its topics. */
  public boolean plain() {
    return qos == 2 && shared == Shared.YES;
  }

  /** Whether it grants this subscription, at {@link #qos} at most. */
  public boolean covers(Subscription subscription) {
    return shared.permits(subscription.isShared())
        && new TopicFilter(topic).covers(subscription.filter());
  }

  SubscribeGrant withTopic(String resolved) {
    return resolved.equals(topic) ? this : new SubscribeGrant(resolved, qos, shared);
  }

  /** As a fleet's file writes it. */
  @Override
  public String toString() {
    String word = switch (shared) {
      case YES -> "true";
      case NO -> "false";
      case ONLY -> shared.name().toLowerCase(Locale.ROOT);
    };
    return plain() ? topic : "{topic: \"" + topic + "\", qos: " + qos + ", shared: " + word + "}";
  }
}
