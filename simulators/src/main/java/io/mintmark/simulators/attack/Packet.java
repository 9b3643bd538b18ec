package io.mintmark.simulators.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * MQTT packets put together from parts, well-formed or not (MQTT 5.0, sections 1.5 and 3). What
 * {@link #of} returns is as long as its header says; who wants another header writes it by hand.
 */
final class Packet {

  static final int CONNECT = 0x10;
  static final int CONNACK = 0x20;
  static final int PUBLISH = 0x30;
  static final int PUBACK = 0x40;
  static final int SUBSCRIBE = 0x82;
  static final int SUBACK = 0x90;
  static final int PINGREQ = 0xc0;
  static final int PINGRESP = 0xd0;
  static final int DISCONNECT = 0xe0;

  /** Connect flags (section 3.1.2.3). */
  static final int CLEAN_START = 0x02;

  private static final int WILL_QOS_1 = 0x0c;
  private static final int MQTT_5 = 5;
  private static final int KEEP_ALIVE = 60;
  private static final byte[] NO_PROPERTIES = {0};

  private Packet() {}

  /** Type and flags, the length, and the rest. */
  static byte[] of(int first, byte[]... parts) {
    byte[] rest = bytes(parts);
    return bytes(new byte[] {(byte) first}, number(rest.length), rest);
  }

  /** Parts in a row. */
  static byte[] bytes(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] raw(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** A variable byte integer (section 1.5.5). */
  static byte[] number(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int left = value;
    do {
      int digit = left & 0x7f;
      left >>>= 7;
      out.write(left > 0 ? digit | 0x80 : digit);
    } while (left > 0);
    return out.toByteArray();
  }

  /** Two bytes. */
  static byte[] two(int value) {
    return raw(value >> 8, value);
  }

  static byte[] four(int value) {
    return raw(value >> 24, value >> 16, value >> 8, value);
  }

  /** A UTF-8 string or binary data with its length (sections 1.5.4 and 1.5.6). */
  static byte[] text(byte[] content) {
    return bytes(two(content.length), content);
  }

  static byte[] text(String content) {
    return text(utf8(content));
  }

  static byte[] utf8(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  /** Properties with their length (section 2.2.2). */
  static byte[] properties(byte[]... parts) {
    byte[] all = bytes(parts);
    return bytes(number(all.length), all);
  }

  /** CONNECT of MQTT 5 with a clean start (section 3.1). */
  static byte[] connect(byte[] clientId) {
    return connect("MQTT", MQTT_5, CLEAN_START, NO_PROPERTIES, text(clientId));
  }

  static byte[] connect(String clientId) {
    return connect(utf8(clientId));
  }

  /** The same with properties. */
  static byte[] connectWith(String clientId, byte[]... properties) {
    return connect("MQTT", MQTT_5, CLEAN_START, properties(properties), text(clientId));
  }

  /** CONNECT of MQTT 3.1.1 with a clean session (MQTT 3.1.1, section 3.1). */
  static byte[] connect311(String clientId) {
    return connect("MQTT", 4, CLEAN_START, new byte[0], text(clientId));
  }

  /** A CONNECT of parts. */
  static byte[] connect(
      String protocol, int version, int flags, byte[] properties, byte[]... payload) {
    return of(
        CONNECT, text(protocol), raw(version, flags), two(KEEP_ALIVE), properties, bytes(payload));
  }

  /** CONNECT with a will of QoS 1 (section 3.1.2.5) and a session that outlives the connection. */
  static byte[] connectWithWill(
      String clientId, byte[] willProperties, byte[] topic, String payload) {
    byte[] expiry = bytes(raw(0x11), four(60));
    return connect(
        "MQTT",
        MQTT_5,
        CLEAN_START | WILL_QOS_1,
        properties(expiry),
        text(clientId),
        willProperties,
        text(topic),
        text(payload));
  }

  /** PUBLISH with QoS 1 (section 3.3). */
  static byte[] publish(byte[] topic, byte[] properties, String payload) {
    return of(PUBLISH | 2, text(topic), two(1), properties, utf8(payload));
  }

  static byte[] publish(String topic, String payload) {
    return publish(utf8(topic), NO_PROPERTIES, payload);
  }

  /** The same with a topic alias (section 3.3.2.3.4); an empty topic uses what was set. */
  static byte[] publishAlias(String topic, int alias, String payload) {
    return publish(utf8(topic), properties(raw(0x23), two(alias)), payload);
  }

  /** SUBSCRIBE, one filter with QoS 1 (section 3.8). */
  static byte[] subscribe(byte[] filter) {
    return of(SUBSCRIBE, two(2), NO_PROPERTIES, text(filter), raw(1));
  }

  static byte[] ping() {
    return raw(PINGREQ, 0);
  }
}
