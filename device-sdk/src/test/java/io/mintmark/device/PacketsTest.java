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
    // A topic with a character that MQTT does not allow.
    assertThatThrownBy(() -> read((byte) 0x30, (byte) 4, (byte) 0, (byte) 1, (byte) 1, (byte) 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not MQTT 5");
    assertThatThrownBy(() -> read((byte) 0x30, (byte) 4, (byte) 0))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(PacketsTest::read).isInstanceOf(EOFException.class);
  }
}
