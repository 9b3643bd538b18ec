package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MessageTest {

  private static void refused(ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }

  @Test
  void startsWithSafeDefaults() {
    Message message = Message.of("t", new byte[] {1});
    assertThat(message.qos()).isEqualTo(1);
    assertThat(message.retained()).isFalse();
    assertThat(message.isText()).isFalse();
    assertThat(message.expiry()).isEmpty();
    assertThat(message.contentType()).isEmpty();
    assertThat(message.responseTopic()).isEmpty();
    assertThat(message.correlationData()).isEmpty();
    assertThat(message.userProperties()).isEmpty();
    assertThat(message.error()).isEmpty();
    assertThat(Message.of("t", "ü").isText()).isTrue();
    assertThat(Message.of("t", "ü").text()).isEqualTo("ü");
  }

  @Test
  void neverChanges() {
    byte[] payload = {1};
    Message message = Message.of("t", payload).withCorrelationData(payload);
    Message other = message.withUserProperty("a", "b").withQos(0).withRetained(true);
    payload[0] = 2;
    message.payload()[0] = 3;
    message.correlationData().orElseThrow()[0] = 4;
    assertThat(message.payload()).containsExactly(1);
    assertThat(message.correlationData()).hasValueSatisfying(d -> assertThat(d).containsExactly(1));
    assertThat(message.userProperties()).isEmpty();
    assertThat(message.qos()).isEqualTo(1);
    assertThat(other.withUserProperty("a", "c").userProperties())
        .containsExactly(new UserProperty("a", "b"), new UserProperty("a", "c"));
    assertThat(other.withUserProperty("a", "c").userProperty("a")).contains("b");
  }

  @Test
  void takesNothingThatMqttDoesNot() {
    Message message = Message.answer("x");
    refused(() -> Message.of("a/#", "x"), "wildcard");
    refused(() -> message.withTopic(""), "of 0 bytes");
    refused(() -> message.withQos(2), "QoS 2 is not supported: use 0 or 1");
    refused(() -> message.withExpiry(Duration.ofMillis(999)), "expiry of PT0.999S");
    refused(() -> message.withExpiry(Duration.ofSeconds(0x1_0000_0000L)), "expiry of");
    refused(() -> message.withResponseTopic("+"), "wildcard");
    refused(() -> message.withCorrelationData(new byte[65_536]), "of 65536 bytes");
    refused(() -> message.withContentType("a\nb"), "at position 1");
    refused(() -> message.withUserProperty("a", "x".repeat(65_536)), "user property of 65536");
  }

  @Test
  void keepsWhatItSaysToItself() {
    assertThat(Message.of("t", "secret").withUserProperty("token", "secret").toString())
        .isEqualTo("Message[t, QoS 1, 6 bytes]");
  }

  @Test
  void anAnswerGoesWhereTheRequestSays() {
    Message request =
        Message.of("ask", "?").withResponseTopic("here").withCorrelationData(new byte[] {7});
    Message answer = Message.answer("!")
        .withContentType("text/plain")
        .withCorrelationData(new byte[] {8})
        .answering(request);
    assertThat(answer.topic()).isEqualTo("here");
    assertThat(answer.correlationData()).hasValueSatisfying(d -> assertThat(d).containsExactly(7));
    assertThat(answer.contentType()).contains("text/plain");
    assertThat(Message.error("no").error()).contains("no");
  }
}
