package io.mintmark.simulators;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The few MQTT 5 packets that scenarios write by hand, without properties (MQTT 5.0, section 3). */
final class MqttPackets {

  static final int CONNACK = 0x20;
  private static final int CONNECT = 0x10;
  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int DISCONNECT = 0xe0;
  private static final int MQTT_5 = 5;
  private static final int CLEAN_START = 0x02;

  private interface Body {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private MqttPackets() {}

  /** Section 3.1: a clean start, without will, name or password. */
  static byte[] connect(String clientId, int keepAliveSeconds) {
    return packet(CONNECT, body -> {
      body.writeUTF("MQTT");
      body.writeByte(MQTT_5);
      body.writeByte(CLEAN_START);
      body.writeShort(keepAliveSeconds);
      body.writeByte(0);
      body.writeUTF(clientId);
    });
  }

  /** Section 3.3, QoS 1. */
  static byte[] publish(String topic, int packetId, String payload) {
    return packet(PUBLISH_QOS_1, body -> {
      body.writeUTF(topic);
      body.writeShort(packetId);
      body.writeByte(0);
      body.write(payload.getBytes(StandardCharsets.UTF_8));
    });
  }

  /** Section 3.14: a normal end. */
  static byte[] disconnect() {
    return packet(DISCONNECT, body -> {});
  }

  /** The length as a variable byte integer (section 1.5.5). */
  private static byte[] packet(int type, Body body) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      body.writeTo(new DataOutputStream(bytes));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(type);
      int rest = bytes.size();
      do {
        int digit = rest % 128;
        rest /= 128;
        out.write(rest > 0 ? digit | 0x80 : digit);
      } while (rest > 0);
      bytes.writeTo(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
  }
}
