package io.mintmark.device;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttConnect;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;
import org.eclipse.paho.mqttv5.common.packet.MqttDisconnect;
import org.eclipse.paho.mqttv5.common.packet.MqttPingReq;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.eclipse.paho.mqttv5.common.packet.MqttSubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttUnsubscribe;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;

/** MQTT 5 packets to bytes and back, through Paho's codec. */
final class Packets {

  private static final int PROTOCOL_VERSION = 5;
  private static final int DUP = 0x08;
  private static final long LONGEST_EXPIRY = 0xffff_ffffL;

  private Packets() {}

  static byte[] connect(String clientId, MqttSettings settings) {
    MqttProperties properties = new MqttProperties();
    properties.setSessionExpiryInterval(
        Math.min(settings.sessionExpiry().toSeconds(), LONGEST_EXPIRY));
    properties.setReceiveMaximum(settings.inFlight());
    properties.setMaximumPacketSize((long) settings.largestPacket());
    MqttConnect connect = new MqttConnect(
        clientId,
        PROTOCOL_VERSION,
        false,
        Math.toIntExact(settings.keepAlive().toSeconds()),
        properties,
        will(settings.will()));
    if (settings.will() != null) {
      connect.setWillDestination(settings.will().topic());
      connect.setWillMessage(paho(settings.will()));
    }
    return bytes(connect);
  }

  static byte[] publish(Outgoing message) {
    MqttProperties properties = properties(message.message());
    if (message.left() != null) {
      properties.setMessageExpiryInterval(seconds(message.left()));
    }
    MqttPublish publish = new MqttPublish(message.topic(), paho(message.message()), properties);
    publish.setMessageId(message.id());
    publish.setDuplicate(message.sentBefore());
    return bytes(publish);
  }

  private static MqttProperties will(Message will) {
    if (will == null) {
      return new MqttProperties();
    }
    MqttProperties properties = properties(will);
    will.expiry().ifPresent(expiry -> properties.setMessageExpiryInterval(seconds(expiry)));
    return properties;
  }

  private static MqttMessage paho(Message message) {
    return new MqttMessage(message.bytes(), message.qos(), message.retained(), null);
  }

  /** All but the expiry, of which a part may be over. */
  private static MqttProperties properties(Message message) {
    MqttProperties properties = new MqttProperties();
    properties.setPayloadFormat(message.isText());
    properties.setContentType(message.contentType().orElse(null));
    properties.setResponseTopic(message.responseTopic().orElse(null));
    properties.setCorrelationData(message.correlationData().orElse(null));
    properties.setUserProperties(message.userProperties().stream()
        .map(p -> new org.eclipse.paho.mqttv5.common.packet.UserProperty(p.name(), p.value()))
        .toList());
    return properties;
  }

  /** Whole seconds, rounded up. */
  private static long seconds(Duration duration) {
    return Math.min(duration.plusNanos(999_999_999).toSeconds(), LONGEST_EXPIRY);
  }

  static byte[] puback(int id) {
    try {
      return bytes(new MqttPubAck(MqttReturnCode.RETURN_CODE_SUCCESS, id, new MqttProperties()));
    } catch (MqttException e) {
      throw new IllegalStateException("success is a reason code of PUBACK", e);
    }
  }

  static byte[] subscribe(int id, String filter, int qos) {
    MqttSubscribe subscribe =
        new MqttSubscribe(new MqttSubscription(filter, qos), new MqttProperties());
    subscribe.setMessageId(id);
    return bytes(subscribe);
  }

  static byte[] unsubscribe(int id, String filter) {
    MqttUnsubscribe unsubscribe = new MqttUnsubscribe(new String[] {filter}, new MqttProperties());
    unsubscribe.setMessageId(id);
    return bytes(unsubscribe);
  }

  static byte[] ping() {
    return bytes(new MqttPingReq());
  }

  /** A normal DISCONNECT: no will, and the session stays as long as CONNECT asked for. */
  static byte[] disconnect() {
    try {
      return bytes(new MqttDisconnect(MqttReturnCode.RETURN_CODE_SUCCESS, new MqttProperties()));
    } catch (MqttException e) {
      throw new IllegalStateException("success is a reason code of DISCONNECT", e);
    }
  }

  private static byte[] bytes(MqttWireMessage packet) {
    try {
      return packet.serialize();
    } catch (MqttException e) {
      throw new IllegalStateException("cannot encode a " + packet.getType() + " packet", e);
    }
  }

  /**
   * Reads one packet; blocks until it is there.
   *
   * @param largest most bytes it may have after its fixed header
   * @throws IOException if the stream ends or breaks, or what it brings is not MQTT 5
   */
  static MqttWireMessage read(InputStream in, int largest) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte first = data.readByte();
    int length = MqttDataTypes.readVariableByteInteger(data).getValue();
    if (length > largest) {
      throw new IOException("the broker sent a packet of " + length + " bytes, more than the "
          + largest
          + " it was told");
    }
    byte[] prefix = MqttWireMessage.encodeVariableByteInteger(length);
    int header = 1 + prefix.length;
    byte[] packet = new byte[header + length];
    packet[0] = first;
    System.arraycopy(prefix, 0, packet, 1, prefix.length);
    data.readFully(packet, header, length);
    try {
      MqttWireMessage message = first >> 4 == MqttWireMessage.MESSAGE_TYPE_PUBLISH
          ? PublishReader.read(first & 0x0f, Arrays.copyOfRange(packet, header, packet.length))
          : MqttWireMessage.createWireMessage(packet);
      // Paho decodes DUP of a PUBLISH into a field that it shows to nobody.
      message.setDuplicate((first & DUP) != 0);
      return message;
    } catch (MqttException | IllegalArgumentException e) {
      throw new IOException("the broker sent a packet that is not MQTT 5: " + e.getMessage(), e);
    }
  }
}
