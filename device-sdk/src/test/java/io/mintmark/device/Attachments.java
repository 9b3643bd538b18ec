package io.mintmark.device;

import java.time.Duration;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttConnAck;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** What brokers grant. */
final class Attachments {

  static final MqttSettings SETTINGS = new MqttSettings(
      "localhost",
      8883,
      Duration.ofSeconds(1),
      Duration.ofSeconds(60),
      Duration.ofDays(1),
      32,
      1 << 16,
      null);

  private Attachments() {}

  /** A session that is there, and a window. */
  static Attachment granting(int receiveMaximum) {
    return granting(true, receiveMaximum);
  }

  static Attachment granting(boolean sessionPresent, int receiveMaximum) {
    MqttProperties properties = new MqttProperties();
    properties.setReceiveMaximum(receiveMaximum);
    return granting(sessionPresent, properties);
  }

  static Attachment granting(boolean sessionPresent, MqttProperties properties) {
    try {
      return new Attachment(new MqttConnAck(sessionPresent, 0, properties), SETTINGS);
    } catch (MqttException e) {
      throw new IllegalStateException(e);
    }
  }
}
