package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.eclipse.paho.mqttv5.common.packet.MqttConnAck;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;
import org.junit.jupiter.api.Test;

class AttachmentTest {

  @Test
  void whatTheBrokerDoesNotSayIsAsTheSpecificationSays() {
    Attachment granted = Attachments.granting(false, new MqttProperties());
    assertThat(granted.sessionPresent()).isFalse();
    assertThat(granted.window()).isEqualTo(32);
    assertThat(granted.maximumQos()).isEqualTo(1);
    assertThat(granted.largestPacket()).isGreaterThan(1 << 28);
    assertThat(granted.keepAlive()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void theBrokersLimitsCount() {
    MqttProperties properties = new MqttProperties();
    properties.setReceiveMaximum(10);
    properties.setMaximumQoS(0);
    properties.setMaximumPacketSize(1_000L);
    properties.setServerKeepAlive(30);
    Attachment granted = Attachments.granting(true, properties);
    assertThat(granted.sessionPresent()).isTrue();
    assertThat(granted.window()).isEqualTo(10);
    assertThat(granted.maximumQos()).isZero();
    assertThat(granted.largestPacket()).isEqualTo(1_000);
    assertThat(granted.keepAlive()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void readsALargeReceiveMaximumFromTheWire() throws Exception {
    MqttProperties properties = new MqttProperties();
    properties.setReceiveMaximum(65_535);
    byte[] bytes = new MqttConnAck(true, 0, properties).serialize();
    MqttConnAck read = (MqttConnAck) MqttWireMessage.createWireMessage(bytes);
    assertThat(read.getProperties().getReceiveMaximum())
        .as("Paho's signed reading")
        .isEqualTo(-1);
    assertThat(new Attachment(read, Attachments.SETTINGS).window()).isEqualTo(32);
  }
}
