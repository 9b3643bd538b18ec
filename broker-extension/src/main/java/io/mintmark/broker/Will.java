package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TopicGrants;

/**
 * The will of a connection as far as grants are concerned. HiveMQ checks it once, at CONNECT, and
 * sends it hours later without asking again.
 *
 * @param topic where it goes
 * @param qos its QoS
 * @param retain whether it is to be retained
 */
record Will(String topic, int qos, boolean retain) {

  /** The will of a CONNECT; null if it has none. */
  static Will of(ConnectPacket connect) {
    return connect
        .getWillPublish()
        .map(will -> new Will(will.getTopic(), will.getQos().getQosNumber(), will.getRetain()))
        .orElse(null);
  }

  /**
   * Holds a will to the grants.
   *
   * @param will null if there is none
   * @throws RefusedException if it is not granted
   */
  static void require(Will will, TopicGrants granted) throws RefusedException {
    if (will != null && !granted.allowsPublish(will.topic, will.qos, will.retain)) {
      throw new RefusedException(
          Refusal.WILL,
          "to '" + Printable.of(will.topic) + "' with QoS " + will.qos
              + (will.retain ? ", retained" : ""));
    }
  }
}
