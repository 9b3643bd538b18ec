package io.mintmark.simulators;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The few MQTT 5 packets that scenarios write by hand, without properties, and what it takes to read
 * the answers (MQTT 5.0, section 3).
 */
final class MqttPackets {

  static final int CONNACK = 0x20;
  static final int PUBLISH = 0x30;
  static final int PUBACK = 0x40;
  static final int SUBACK = 0x90;
  static final int DISCONNECT = 0xe0;
  private static final int CONNECT = 0x10;
  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int SUBSCRIBE = 0x82;
  private static final int MQTT_5 = 5;
  private static final int CLEAN_START = 0x02;
  private static final int LONGEST_LENGTH = 4;
  private static final int LOW_BITS = 0x7f;
  private static final int CONTINUES = 0x80;

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

  /** Section 3.3, QoS 1, or QoS 0 if the packet id is 0. */
  static byte[] publish(byte[] topic, int packetId, byte[] payload) {
    int rest = 2 + topic.length + (packetId == 0 ? 0 : 2) + 1 + payload.length;
    ByteBuffer out = ByteBuffer.allocate(1 + LONGEST_LENGTH + rest);
    out.put((byte) (packetId == 0 ? PUBLISH : PUBLISH_QOS_1));
    int left = rest;
    for (; left > LOW_BITS; left >>= 7) {
      out.put((byte) (left | CONTINUES));
    }
    out.put((byte) left).putShort((short) topic.length).put(topic);
    if (packetId != 0) {
      out.putShort((short) packetId);
    }
    out.put((byte) 0).put(payload);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Section 3.4: success. */
  static byte[] puback(int packetId) {
    return new byte[] {PUBACK, 2, (byte) (packetId >> 8), (byte) packetId};
  }

  /** Section 3.8: one filter, QoS 1. */
  static byte[] subscribe(String filter, int packetId) {
    return packet(SUBSCRIBE, body -> {
      body.writeShort(packetId);
      body.writeByte(0);
      body.writeUTF(filter);
      body.writeByte(1);
    });
  }

  /** A variable byte integer (section 1.5.5); -1 if its end has not come yet. */
  static int length(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; in.hasRemaining(); shift += 7) {
      int next = in.get();
      value |= (next & LOW_BITS) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return -1;
  }

  /** The Receive Maximum among the properties of a CONNACK (section 3.2.2.3.3). */
  static int receiveMaximum(ByteBuffer properties, int otherwise) {
    while (properties.hasRemaining()) {
      switch (properties.get()) {
        case 0x21 -> {
          return properties.getShort() & 0xffff;
        }
        case 0x11, 0x27 -> properties.getInt();
        case 0x22, 0x13 -> properties.getShort();
        case 0x24, 0x25, 0x28, 0x29, 0x2a -> properties.get();
        default -> {
          return otherwise;
        }
      }
    }
    return otherwise;
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
