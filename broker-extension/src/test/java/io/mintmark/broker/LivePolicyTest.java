package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extensions.packets.general.ModifiableDefaultPermissionsImpl;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.SubscribeGrant.Shared;
import io.mintmark.identity.TopicGrants;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A changing policy and many sessions, on HiveMQ's permissions and a store of subscriptions. */
class LivePolicyTest {

  private static final TopicGrants WIDE =
      new TopicGrants(List.of("up/${device}"), List.of("down/${device}/#", "news/+"));
  private static final TopicGrants NARROW =
      TopicGrants.of(List.of(), List.of(new SubscribeGrant("down/${device}/#", 1, Shared.NO)));

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LiveSessions sessions = new LiveSessions();
  private final FakeSubscriptions store = new FakeSubscriptions();
  private final List<String> ended = new ArrayList<>();
  private FeedSnapshot feed = snapshot(1, WIDE);
  private final LivePolicy live = new LivePolicy(
      sessions,
      new SubscriptionPruning(
          sessions, store.store(), new Later(timer), HiveMqBuilders::subscription),
      () -> feed,
      (session, why) -> ended.add(session.clientId() + " " + why.refusal().word()),
      HiveMqBuilders::permission);

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private static FeedSnapshot snapshot(long sequence, TopicGrants topics) {
    FleetPolicy policy = new FleetPolicy("sensors", "${device}", topics, false);
    return FeedSnapshot.NONE.with(
        new FeedPage(
            "feed-1",
            TestPki.TRUST_DOMAIN,
            sequence,
            List.of(new FeedEntry(sequence, policy, null, null, null))),
        Instant.EPOCH);
  }

  private void change(TopicGrants topics) {
    FeedSnapshot before = feed;
    feed = snapshot(before.sequence() + 1, topics);
    live.changed(before, feed);
  }

  /** A session and what HiveMQ knows of it. */
  private final class Device {
    private final ModifiableDefaultPermissionsImpl permissions =
        new ModifiableDefaultPermissionsImpl();
    private final List<String> looksInto = new CopyOnWriteArrayList<>();
    private final LiveSession session;

    Device(String id, Will will) throws RefusedException {
      Identity identity = Identity.parse(TestPki.deviceId("sensors", id));
      Presented presented =
          new Presented(identity, BigInteger.ONE, Instant.MAX.getEpochSecond(), List.of());
      permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
      session = sessions.register(id, presented, null, permissions);
      Granted granted = Granted.of(WIDE, java.util.Map.of(), identity);
      session.policy().begin(granted, will, false);
      assertThat(sessions.admit(
              session, Permissions.publish(granted.topics(), HiveMqBuilders::permission)))
          .isTrue();
    }

    Device open() {
      live.open(session, (ClientContext) Proxy.newProxyInstance(
          LivePolicyTest.class.getClassLoader(),
          new Class<?>[] {ClientContext.class},
          (proxy, method, arguments) -> {
            looksInto.add(method.getName());
            return null;
          }));
      return this;
    }

    List<String> granted() {
      return permissions.asList().stream()
          .filter(p -> p.getType() == TopicPermission.PermissionType.ALLOW)
          .map(TopicPermission::getTopicFilter)
          .toList();
    }
  }

  @Test
  void thousandsOfSessionsFollow() throws Exception {
    List<Device> devices = new ArrayList<>();
    for (int i : IntStream.range(0, 5_000).toArray()) {
      devices.add(new Device("d" + i, null).open());
      store.subscribe("d" + i, "down/d" + i + "/#", 1);
      if (i % 2 == 0) {
        store.subscribe("d" + i, "news/+", 1);
      }
    }
    change(NARROW);
    for (int i = 0; i < devices.size(); i++) {
      Device device = devices.get(i);
      assertThat(device.granted()).containsExactly("down/d" + i + "/#");
      assertThat(store.subscriptions("d" + i))
          .contains("down/d" + i + "/# 1")
          .doesNotContain("news/+ 1");
      // Only where something was lost is there anything between HiveMQ and the client.
      assertThat(device.looksInto.contains("addPublishOutboundInterceptor")).isEqualTo(i % 2 == 0);
    }
    assertThat(ended).isEmpty();
  }

  @Test
  void aSubscriptionAboveItsQosIsLowered() throws Exception {
    new Device("d1", null).open();
    store.subscribe("d1", "down/d1/#", 2);
    store.subscribe("d1", "$share/g/down/d1/#", 1);
    change(NARROW);
    assertThat(store.subscriptions("d1"))
        .containsExactly(SubscriptionPruning.MARK + " 0", "down/d1/# 1");
  }

  @Test
  void aStoreThatIsBusyIsAskedAgain() throws Exception {
    new Device("d1", null).open();
    store.subscribe("d1", "news/+", 1);
    store.busy.set(3);
    change(NARROW);
    await().until(() -> !store.subscriptions("d1").contains("news/+ 1"));
  }

  @Test
  void aSubscribeThatWasOnItsWayIsFoundLater() throws Exception {
    Device device = new Device("d1", null).open();
    change(NARROW);
    assertThat(device.looksInto).doesNotContain("addPublishOutboundInterceptor");
    store.subscribe("d1", "news/+", 1);
    await().until(() -> !store.subscriptions("d1").contains("news/+ 1"));
    await().until(() -> device.looksInto.contains("addPublishOutboundInterceptor"));
  }

  @Test
  void aChangeDuringAConnectIsNotMissed() throws Exception {
    Device device = new Device("d1", null);
    assertThat(device.granted()).as("no subscribing before it is open").containsExactly("up/d1");
    change(NARROW);
    assertThat(device.open().granted()).containsExactly("down/d1/#");
  }

  @Test
  void aWillOrAPolicyThatCannotHoldEndsTheSession() throws Exception {
    new Device("d1", new Will("up/d1", 1, true)).open();
    change(NARROW);
    assertThat(ended).containsExactly("d1 will");
    ended.clear();
    new Device("d2", null).open();
    change(new TopicGrants(List.of("${attr.site}"), List.of()));
    assertThat(ended).contains("d2 unusable-policy");
  }

  @Test
  void whatIsCutIsLeftAlone() throws Exception {
    Device device = new Device("d1", null).open();
    assertThat(device.session.cut(Refusal.REVOKED_IDENTITY, 0)).isTrue();
    change(NARROW);
    assertThat(device.permissions.asList()).isEmpty();
  }
}
