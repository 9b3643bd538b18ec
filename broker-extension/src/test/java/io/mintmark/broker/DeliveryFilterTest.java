package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishOutboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishOutboundOutput;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryFilterTest {

  private final LiveSession session = new LiveSession(
      1,
      "d1",
      new Presented(
          Identity.parse(TestPki.deviceId("sensors", "d1")),
          BigInteger.ONE,
          Instant.MAX.getEpochSecond(),
          List.of()),
      null,
      new FakePermissions());
  private final DeliveryFilter filter = new DeliveryFilter(session);
  private final AtomicInteger drained = new AtomicInteger();

  @BeforeEach
  void grant() throws RefusedException {
    TopicGrants granted = new TopicGrants(List.of(), List.of("down/#"));
    session.policy().begin(Granted.of(granted, Map.of(), session.identity()), null, true);
  }

  /** Whether it goes out. */
  private boolean delivers(String topic, Qos qos, long timestamp) {
    AtomicBoolean kept = new AtomicBoolean();
    PublishPacket packet = fake(
        PublishPacket.class, Map.of("getTopic", topic, "getQos", qos, "getTimestamp", timestamp));
    PublishOutboundOutput output = (PublishOutboundOutput) Proxy.newProxyInstance(
        DeliveryFilterTest.class.getClassLoader(),
        new Class<?>[] {PublishOutboundOutput.class},
        (proxy, method, arguments) -> {
          kept.set(method.getName().equals("preventPublishDelivery"));
          return null;
        });
    filter.onOutboundPublish(
        fake(PublishOutboundInput.class, Map.of("getPublishPacket", packet)), output);
    return !kept.get();
  }

  private static <T> T fake(Class<T> type, Map<String, Object> answers) {
    return type.cast(Proxy.newProxyInstance(
        DeliveryFilterTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> answers.get(method.getName())));
  }

  @Test
  void onlyWhatIsGrantedGoesOut() {
    assertThat(delivers("down/a", Qos.AT_MOST_ONCE, 1)).isTrue();
    assertThat(delivers("news/1", Qos.EXACTLY_ONCE, 1)).isFalse();
  }

  @Test
  void aLaterMessageOfTheSameQueueTellsThatTheEarlierAreOut() {
    assertThat(delivers("down/a", Qos.AT_LEAST_ONCE, 5_000))
        .as("nobody waits yet")
        .isTrue();
    filter.expectDrained(1_000, drained::incrementAndGet);
    delivers("down/a", Qos.AT_LEAST_ONCE, 1_000);
    delivers("down/a", Qos.AT_MOST_ONCE, 1_001);
    delivers("news/1", Qos.AT_LEAST_ONCE, 1_001);
    assertThat(drained).hasValue(0);
    delivers("down/a", Qos.AT_LEAST_ONCE, 1_001);
    delivers("down/a", Qos.AT_LEAST_ONCE, 1_002);
    assertThat(drained).hasValue(1);
  }
}
