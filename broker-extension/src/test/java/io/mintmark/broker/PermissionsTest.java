package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extensions.packets.general.ModifiableDefaultPermissionsImpl;
import com.hivemq.mqtt.handler.publish.DefaultPermissionsEvaluator;
import com.hivemq.mqtt.message.QoS;
import com.hivemq.mqtt.message.connect.MqttWillPublish;
import com.hivemq.mqtt.message.subscribe.Topic;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.TopicGrants;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HiveMQ's own decisions, by its own classes, held to the reference of {@code identity}. */
class PermissionsTest {

  private static ModifiableDefaultPermissionsImpl hiveMq(List<TopicPermission> permissions) {
    ModifiableDefaultPermissionsImpl all = new ModifiableDefaultPermissionsImpl();
    all.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    all.addAll(permissions);
    return all;
  }

  /** A will, since HiveMQ decides it as it does a PUBLISH, and it is made of less. */
  private static boolean mayPublish(
      ModifiableDefaultPermissionsImpl permissions, String topic, int qos, boolean retain) {
    return DefaultPermissionsEvaluator.checkWillPublish(
        permissions,
        new MqttWillPublish.Mqtt5Builder()
            .withTopic(topic)
            .withQos(QoS.valueOf(qos))
            .withRetain(retain)
            .withPayload(new byte[0])
            .build());
  }

  private static boolean maySubscribe(
      ModifiableDefaultPermissionsImpl permissions, String filter, int qos) {
    return DefaultPermissionsEvaluator.checkSubscription(
        permissions, new Topic(filter, QoS.valueOf(qos)));
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void publishingIsDecidedExactly(
      @ForAll("publishGrants") List<PublishGrant> publish,
      @ForAll("topics") String topic,
      @ForAll("qos") int qos,
      @ForAll boolean retain) {
    TopicGrants grants = TopicGrants.of(publish, List.of());
    boolean reference = grants.allowsPublish(topic, qos, retain);
    boolean decided = mayPublish(
        hiveMq(Permissions.publish(grants, HiveMqBuilders::permission)), topic, qos, retain);
    if (Permissions.needPublishGate(grants)) {
      assertThat(decided || !reference).as("what is granted passes").isTrue();
    } else if (!topic.startsWith("$")) {
      // HiveMQ lets nobody publish to those, before it asks.
      assertThat(decided).as("%s to %s", publish, topic).isEqualTo(reference);
    }
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void subscribingIsNeverDecidedMoreNarrowly(
      @ForAll("subscribeGrants") List<SubscribeGrant> subscribe,
      @ForAll("subscriptions") String filter,
      @ForAll("qos") int qos) {
    TopicGrants grants = TopicGrants.of(List.of(), subscribe);
    ModifiableDefaultPermissionsImpl permissions =
        hiveMq(Permissions.subscribe(grants, HiveMqBuilders::permission));
    if (grants.subscribeQos(filter).isPresent()) {
      assertThat(maySubscribe(permissions, filter, qos))
          .as("%s: %s", subscribe, filter)
          .isTrue();
    }
    assertThat(maySubscribe(permissions, SubscribeGate.REFUSED + filter, qos))
        .as("what the gate refuses, %s", filter)
        .isFalse();
  }

  @Provide
  Arbitrary<List<PublishGrant>> publishGrants() {
    return Combinators.combine(filters(), qos(), Arbitraries.of(true, false))
        .as(PublishGrant::new)
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<SubscribeGrant>> subscribeGrants() {
    return Combinators.combine(filters(), qos(), Arbitraries.of(SubscribeGrant.Shared.class))
        .as(SubscribeGrant::new)
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<String> subscriptions() {
    return Combinators.combine(Arbitraries.of("", "", "$share/g/"), filters())
        .as((share, filter) -> share + filter);
  }

  @Provide
  Arbitrary<Integer> qos() {
    return Arbitraries.of(0, 1, 2);
  }

  @Provide
  Arbitrary<String> topics() {
    return Arbitraries.of("a", "b", "", "$a")
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(levels -> String.join("/", levels))
        .filter(topic -> !topic.isEmpty());
  }

  private static Arbitrary<String> filters() {
    return Arbitraries.of("a", "b", "", "+", "$a")
        .list()
        .ofMaxSize(3)
        .flatMap(levels -> Arbitraries.of("a", "+", "#", "").map(last -> {
          List<String> all = new ArrayList<>(levels);
          all.add(last);
          return String.join("/", all);
        }))
        .filter(filter -> !filter.isEmpty());
  }

  /** Why there are gates and denials. When one of these fails, HiveMQ has become stricter. */
  @ParameterizedTest
  @CsvSource({
    "alarms/+, alarms/#",
    "a/+/#, a/#",
    "+, #",
    "#, $SYS/#",
    "+/x, $SYS/x",
    "a, a/",
    "a, a//",
    "a/, a",
    "a/+/, a/b"
  })
  void hiveMqAloneIsLooser(String grant, String filter) {
    TopicPermission permission = HiveMqBuilders.permission().topicFilter(grant).build();
    assertThat(maySubscribe(hiveMq(List.of(permission)), filter, 0)).isTrue();
    assertThat(new TopicGrants(List.of(), List.of(grant)).subscribeQos(filter)).isEmpty();
  }

  @Test
  void replacingNeverAllowsWhatNeitherDoesNorDeniesWhatBothAllow() {
    TopicGrants before = new TopicGrants(List.of("a", "a/b/c", "both/#", "old/+"), List.of());
    TopicGrants after = new TopicGrants(List.of("a/b", "both/x", "new"), List.of());
    List<String> topics =
        List.of("a", "a/", "a/b", "a/b/c", "a/b/c/d", "both/x", "both/y", "old/1", "new", "new/");
    ModifiableDefaultPermissionsImpl real =
        hiveMq(Permissions.publish(before, HiveMqBuilders::permission));
    Watched watched = new Watched(real, () -> {
      for (String topic : topics) {
        boolean old = before.allowsPublish(topic, 1, false);
        boolean next = after.allowsPublish(topic, 1, false);
        boolean now = mayPublish(real, topic, 1, false);
        assertThat(now).as(topic).isIn(old && next, old || next);
      }
    });
    Permissions.replace(watched, Permissions.publish(after, HiveMqBuilders::permission));
    assertThat(watched.looks).isGreaterThan(4);
    for (String topic : topics) {
      assertThat(mayPublish(real, topic, 1, false)).isEqualTo(after.allowsPublish(topic, 1, false));
    }
  }

  /** Looks after each change. */
  private static final class Watched extends ForwardingPermissions {
    private final Runnable look;
    private int looks;

    Watched(ModifiableDefaultPermissionsImpl permissions, Runnable look) {
      super(permissions);
      this.look = look;
    }

    @Override
    void changed() {
      looks++;
      look.run();
    }
  }
}
