package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.paho.mqttv5.common.packet.MqttConnect;
import org.eclipse.paho.mqttv5.common.packet.MqttDisconnect;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;
import org.junit.jupiter.api.Test;

class PacketsTest {

  private static MqttWireMessage read(byte... bytes) throws IOException {
    return Packets.read(new ByteArrayInputStream(bytes), 1_000);
  }

  private static Message message(byte[] publish) throws IOException {
    MqttWireMessage packet = Packets.read(new ByteArrayInputStream(publish), 50_000);
    return ((PublishReader.Arrived) packet).message();
  }

  @Test
  void connectAsksForTheSession() throws IOException {
    MqttSettings settings = new MqttSettings(
        "localhost",
        8883,
        Duration.ofSeconds(1),
        Duration.ofSeconds(65_535),
        Duration.ofSeconds(0xffff_ffffL),
        32,
        1 << 16,
        Message.of("w", new byte[] {1}));
    MqttConnect connect = (MqttConnect) read(Packets.connect("d-1", settings));
    assertThat(connect.getClientId()).isEqualTo("d-1");
    assertThat(connect.isCleanStart()).isFalse();
    assertThat(connect.getKeepAliveInterval()).isEqualTo(65_535);
    assertThat(connect.getProperties().getSessionExpiryInterval()).isEqualTo(0xffff_ffffL);
    assertThat(connect.getProperties().getReceiveMaximum()).isEqualTo(32);
    assertThat(connect.getProperties().getMaximumPacketSize()).isEqualTo(1 << 16);
    assertThat(connect.getWillDestination()).isEqualTo("w");
    assertThat(connect.getWillMessage().getQos()).isEqualTo(1);
  }

  @Test
  void publishSaysWhetherItWasSentBefore() throws IOException {
    Outgoing message = new Outgoing("t/ü", new byte[] {1, 2}, 1);
    message.inFlightAs(513);
    MqttPublish first = (MqttPublish) read(Packets.publish(message));
    assertThat(first.getTopicName()).isEqualTo("t/ü");
    assertThat(first.getPayload()).containsExactly(1, 2);
    assertThat(first.getQoS()).isEqualTo(1);
    assertThat(first.getMessageId()).isEqualTo(513);
    assertThat(first.isDuplicate()).isFalse();
    message.toBeSentAgain();
    assertThat(read(Packets.publish(message)).isDuplicate()).isTrue();
  }

  @Test
  void publishCarriesEverythingThereAndBack() throws IOException {
    byte[] correlation = new byte[40_000];
    Message sent = Message.of("t", "{}")
        .withRetained(true)
        .withExpiry(Duration.ofSeconds(0xffff_ffffL))
        .withContentType("application/json")
        .withResponseTopic("answers")
        .withCorrelationData(correlation)
        .withUserProperty("a", "1")
        .withUserProperty("a", "2");
    byte[] bytes = Packets.publish(new Outgoing(sent));
    Message read = message(bytes);
    assertThat(read).usingRecursiveComparison().isEqualTo(sent);
    assertThat(message(Packets.publish(new Outgoing("t", new byte[0], 0))))
        .usingRecursiveComparison()
        .isEqualTo(Message.of("t", new byte[0]).withQos(0));
  }

  @Test
  void takesWhateverOthersWriteIntoAMessage() throws IOException {
    byte[] body = {0, 2, 'a', 1, 12, 3, 0, 1, '\n', 0x26, 0, 1, 0, 0, 1, (byte) 0xff, 11, 5, 'x'};
    // Length of the properties: what lies between it and the payload.
    body[4] = (byte) (body.length - 6);
    byte[] packet = new byte[body.length + 2];
    packet[0] = 0x30;
    packet[1] = (byte) body.length;
    System.arraycopy(body, 0, packet, 2, body.length);
    Message message = message(packet);
    assertThat(message.topic()).isEqualTo("a\u0001");
    assertThat(message.contentType()).contains("\n");
    assertThat(message.userProperties()).containsExactly(new UserProperty("\0", "\ufffd"));
    assertThat(message.text()).isEqualTo("x");
    assertThat(message.toString()).isEqualTo("Message[a\\u0001, QoS 0, 1 bytes]");
  }

  @Test
  void theWillIsAWholeMessage() throws IOException {
    MqttSettings settings = new MqttSettings(
        "localhost",
        8883,
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        Duration.ofDays(1),
        32,
        1 << 16,
        Message.of("w", "gone")
            .withRetained(true)
            .withExpiry(Duration.ofSeconds(9))
            .withContentType("text/plain"));
    MqttConnect connect = (MqttConnect) read(Packets.connect("d-1", settings));
    assertThat(connect.getWillMessage().isRetained()).isTrue();
    assertThat(connect.getWillProperties().getMessageExpiryInterval()).isEqualTo(9);
    assertThat(connect.getWillProperties().getContentType()).isEqualTo("text/plain");
  }

  @Test
  void goodbyeIsANormalOne() throws IOException {
    MqttDisconnect goodbye = (MqttDisconnect) read(Packets.disconnect());
    assertThat(goodbye.getReturnCode()).isZero();
    assertThat(goodbye.getProperties().getSessionExpiryInterval()).isNull();
  }

  @Test
  void takesNoPacketThatIsTooLarge() {
    assertThatThrownBy(() -> read((byte) 0x30, (byte) 0xe9, (byte) 0x07))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a packet of 1001 bytes, more than the 1000");
    assertThatThrownBy(() -> read((byte) 0x30, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff))
        .isInstanceOf(IOException.class);
  }

  @Test
  void takesNothingThatIsNotMqtt() {
    assertThatThrownBy(() -> read((byte) 0x00, (byte) 0x00)).isInstanceOf(IOException.class);
    // A topic, or a property, that is longer than its packet; no topic; a property of CONNECT.
    for (byte[] body : new byte[][] {
      {0, 2, 'a', 0}, {0, 1, 'a', 5, 3, 0, 9, 'x'}, {0, 0, 0}, {0, 1, 'a', 2, 0x19, 1}
    }) {
      byte[] packet = new byte[body.length + 2];
      packet[0] = 0x30;
      packet[1] = (byte) body.length;
      System.arraycopy(body, 0, packet, 2, body.length);
      assertThatThrownBy(() -> read(packet)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> read((byte) 0x30, (byte) 4, (byte) 0))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(PacketsTest::read).isInstanceOf(EOFException.class);
  }
}
