package io.mintmark.identity;

/**
 * Topics an identity may publish to, wills included. Immutable.
 *
 * @param topic a topic filter, perhaps with variables ({@link TopicGrants})
 * @param qos the highest QoS it may use
 * @param retain whether it may have messages retained
 */
public record PublishGrant(String topic, int qos, boolean retain) {

  /**
   * @throws IllegalArgumentException if the topic is no topic filter, or the QoS none
   */
  public PublishGrant {
    new TopicFilter(topic);
    requireQos(qos);
  }

  /** A grant without any limit but its topics. */
  public PublishGrant(String topic) {
    this(topic, 2, true);
  }

  /** Whether it has no limit but its topics. */
  public boolean plain() {
    return qos == 2 && retain;
  }

  /** Whether it grants this PUBLISH; to be asked of one without variables. */
  public boolean allows(String publishedTo, int publishedQos, boolean retained) {
    return publishedQos <= qos
        && (retain || !retained)
        && new TopicFilter(topic).matches(publishedTo);
  }

  PublishGrant withTopic(String resolved) {
    return resolved.equals(topic) ? this : new PublishGrant(resolved, qos, retain);
  }

  static void requireQos(int qos) {
    if (qos < 0 || qos > 2) {
      throw new IllegalArgumentException("QoS " + qos + " is not valid: use 0, 1 or 2");
    }
  }

  /** As a fleet's file writes it. */
  @Override
  public String toString() {
    return plain() ? topic : "{topic: \"" + topic + "\", qos: " + qos + ", retain: " + retain + "}";
  }
}
