package io.mintmark.device;

import java.time.Duration;
import org.eclipse.paho.mqttv5.common.packet.MqttConnAck;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** One connection's hold on the session, and what the broker allows on it. Immutable. */
final class Attachment {

  private static final int LARGEST_PACKET = 268_435_460;

  private final boolean sessionPresent;
  private final int window;
  private final int maximumQos;
  private final boolean retains;
  private final long largestPacket;
  private final Duration keepAlive;

  /**
   * @param ack the CONNACK that accepted the connection
   * @param settings what we asked for
   */
  Attachment(MqttConnAck ack, MqttSettings settings) {
    MqttProperties limits = ack.getProperties();
    sessionPresent = ack.getSessionPresent();
    // Paho reads the two unsigned bytes as signed: 40,000 comes out negative.
    int theirs = limits.getReceiveMaximum() == null ? 65_535 : limits.getReceiveMaximum() & 0xffff;
    window = Math.min(settings.inFlight(), theirs);
    maximumQos = limits.getMaximumQoS() == null ? 1 : limits.getMaximumQoS();
    retains = limits.isRetainAvailable();
    largestPacket =
        limits.getMaximumPacketSize() == null ? LARGEST_PACKET : limits.getMaximumPacketSize();
    keepAlive = limits.getServerKeepAlive() == null
        ? settings.keepAlive()
        : Duration.ofSeconds(limits.getServerKeepAlive());
  }

  /** Whether the broker still had the session. */
  boolean sessionPresent() {
    return sessionPresent;
  }

  /** Most QoS 1 messages to leave without an answer. */
  int window() {
    return window;
  }

  /** 0 or 1, or 2 where the broker would take more than we send. */
  int maximumQos() {
    return maximumQos;
  }

  /** Whether the broker keeps retained messages. */
  boolean retains() {
    return retains;
  }

  /** Longest silence; the broker's word counts where it differs from ours (section 3.2.2.3.14). */
  Duration keepAlive() {
    return keepAlive;
  }

  /** Most bytes of one packet. */
  long largestPacket() {
    return largestPacket;
  }
}
