package io.mintmark.device;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;

/**
 * Reads a PUBLISH (MQTT 5, section 3.3). Paho's reader fails on some that a broker may pass on:
 * control characters in a text, correlation data of more than 32,767 bytes, a response topic with
 * wildcards. A connection that breaks
 * over a message breaks again whenever the broker brings it again, so what another client wrote into
 * it must not do that; only its structure has to be right.
 */
final class PublishReader {

  private static final int RETAIN = 0x01;
  private static final int DUP = 0x08;
  private static final int TEXT = 0x01;
  private static final int EXPIRY = 0x02;
  private static final int CONTENT_TYPE = 0x03;
  private static final int RESPONSE_TOPIC = 0x08;
  private static final int CORRELATION_DATA = 0x09;
  private static final int SUBSCRIPTION = 0x0b;
  private static final int USER_PROPERTY = 0x26;

  private PublishReader() {}

  /** A PUBLISH that arrived, with the message in it. */
  static final class Arrived extends MqttPublish {
    private final Message message;

    private Arrived(Message message, int id) {
      super(
          message.topic(),
          new MqttMessage(message.bytes(), message.qos(), message.retained(), null),
          new MqttProperties());
      this.message = message;
      setMessageId(id);
    }

    Message message() {
      return message;
    }
  }

  /**
   * @param flags the lower half of the packet's first byte
   * @param body what follows the fixed header
   */
  static Arrived read(int flags, byte[] body) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
    Message.Draft draft = new Message.Draft();
    draft.duplicate = (flags & DUP) != 0;
    draft.qos = flags >> 1 & 0x03;
    draft.retained = (flags & RETAIN) != 0;
    draft.topic = text(in);
    // We allow the broker no topic aliases (section 3.1.2.11.5).
    if (draft.topic.isEmpty()) {
      throw new IOException("the broker sent a message without a topic");
    }
    int id = draft.qos == 0 ? 0 : in.readUnsignedShort();
    properties(bytes(in, length(in)), draft);
    draft.payload = in.readAllBytes();
    return new Arrived(draft.message(), id);
  }

  private static void properties(byte[] bytes, Message.Draft draft) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    List<UserProperty> user = new ArrayList<>();
    while (in.available() > 0) {
      int kind = in.readUnsignedByte();
      switch (kind) {
        case TEXT -> draft.text = in.readUnsignedByte() == 1;
        case EXPIRY -> draft.expiry = Duration.ofSeconds(in.readInt() & 0xffff_ffffL);
        case CONTENT_TYPE -> draft.contentType = text(in);
        case RESPONSE_TOPIC -> draft.responseTopic = text(in);
        case CORRELATION_DATA -> draft.correlationData = bytes(in, in.readUnsignedShort());
        case SUBSCRIPTION -> length(in);
        case USER_PROPERTY -> user.add(new UserProperty(text(in), text(in)));
        default -> throw new IOException("the broker sent a message with property " + kind);
      }
    }
    draft.userProperties = user;
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in, in.readUnsignedShort()), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(DataInputStream in, int length) throws IOException {
    if (length > in.available()) {
      throw new IOException("the broker sent a message that ends before its properties do");
    }
    return in.readNBytes(length);
  }

  private static int length(DataInputStream in) throws IOException {
    return MqttDataTypes.readVariableByteInteger(in).getValue();
  }
}
