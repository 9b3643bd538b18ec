package io.mintmark.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.client.parameter.InitializerInput;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import com.hivemq.extension.sdk.api.services.builder.TopicPermissionBuilder;
import com.hivemq.extension.sdk.api.services.intializer.ClientInitializer;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.Subscription;
import io.mintmark.identity.TopicFilter;
import io.mintmark.identity.TopicGrants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what sessions are granted abreast of the policy, from the end of their CONNECT on. On a change
 * the permissions are replaced in one go over all sessions; what is not granted any more is kept back
 * from that moment on, and the subscriptions it came by are removed after. A session is ended only
 * where MQTT leaves no other way: its will is not granted any more, or the new policy cannot be
 * applied to it.
 */
final class LivePolicy implements FeedListener, ClientInitializer {

  private static final Logger log = LoggerFactory.getLogger(LivePolicy.class);

  private final LiveSessions sessions;
  private final SubscriptionPruning pruning;
  private final Supplier<FeedSnapshot> feed;
  private final BiConsumer<LiveSession, RefusedException> ending;
  private final Supplier<TopicPermissionBuilder> builders;
  private final SubscribeGate subscribeGate;
  private final PublishGate publishGate;

  /**
   * @param ending ends a session for a reason
   * @param builders HiveMQ's
   */
  LivePolicy(
      LiveSessions sessions,
      SubscriptionPruning pruning,
      Supplier<FeedSnapshot> feed,
      BiConsumer<LiveSession, RefusedException> ending,
      Supplier<TopicPermissionBuilder> builders) {
    this.sessions = sessions;
    this.pruning = pruning;
    this.feed = feed;
    this.ending = ending;
    this.builders = builders;
    this.subscribeGate = new SubscribeGate(sessions);
    this.publishGate = new PublishGate(sessions);
  }

  /**
   * HiveMQ is about to answer a CONNECT. Subscribing is granted only here, behind the gate: were this
   * not called, nobody could subscribe.
   */
  @Override
  public void initialize(InitializerInput input, ClientContext context) {
    SessionEvents.session(input.getConnectionInformation(), sessions).ifPresent(session -> {
      try {
        open(session, context);
      } catch (RuntimeException e) {
        log.error("a session cannot be opened and is ended", e);
        ending.accept(session, new RefusedException(Refusal.FAILURE, e.toString()));
      }
    });
  }

  void open(LiveSession session, ClientContext context) {
    context.addSubscribeInboundInterceptor(subscribeGate);
    session.unlessCut(permissions -> {
      SessionPolicy policy = session.policy();
      policy.open(context);
      TopicGrants topics = policy.topics();
      if (Permissions.needPublishGate(topics)) {
        policy.gatePublish(publishGate);
      }
      permissions.addAll(Permissions.subscribe(topics, builders));
      policy.granted().settle();
    });
    // The policy may have changed since the CONNECT was judged; a later change finds it open.
    update(session, feed.get());
    if (session.policy().resumes() && pruning.isNeeded(session)) {
      session.unlessCut(p -> session.policy().filterDelivery(new DeliveryFilter(session)));
      pruning.start(session);
    }
  }

  @Override
  public void changed(FeedSnapshot before, FeedSnapshot after) {
    if (before.fleets().equals(after.fleets())
        && before.applications().equals(after.applications())
        && before.attributes().equals(after.attributes())) {
      return;
    }
    long start = System.nanoTime();
    List<LiveSession> narrowed = new ArrayList<>();
    int changed = 0;
    for (LiveSession session : sessions.all()) {
      TopicGrants old = session.policy().topics();
      if (update(session, after)) {
        changed++;
        if (losesSubscriptions(old, session.policy().topics())) {
          narrowed.add(session);
        }
      }
    }
    // All of them first: a subscription is looked up on disk.
    narrowed.forEach(pruning::start);
    if (changed > 0) {
      log.info(
          "a policy changed for {} live sessions, {} of them may do less; in {} ms",
          changed,
          narrowed.size(),
          (System.nanoTime() - start) / 1_000_000);
    }
  }

  /** Whether anything changed for it. */
  private boolean update(LiveSession session, FeedSnapshot snapshot) {
    Optional<TopicGrants> policy = Admission.policy(snapshot, session.identity());
    if (policy.isEmpty()) {
      return false; // SessionCutter ends it
    }
    Map<String, String> attributes = Admission.attributes(snapshot, session.identity());
    AtomicBoolean changed = new AtomicBoolean();
    session.unlessCut(permissions -> {
      if (session.policy().isOpen()
          && !session.policy().granted().isMadeOf(policy.get(), attributes)) {
        changed.set(true);
        try {
          Granted next = Granted.of(policy.get(), attributes, session.identity());
          Will.require(session.policy().will(), next.topics());
          replace(session, permissions, next);
        } catch (RefusedException e) {
          ending.accept(session, e);
        }
      }
    });
    return changed.get();
  }

  private void replace(
      LiveSession session, ModifiableDefaultPermissions permissions, Granted next) {
    if (Permissions.needPublishGate(next.topics())) {
      session.policy().gatePublish(publishGate);
    }
    session.policy().granted(next);
    List<TopicPermission> all = new ArrayList<>(Permissions.publish(next.topics(), builders));
    all.addAll(Permissions.subscribe(next.topics(), builders));
    Permissions.replace(permissions, all);
    next.settle();
  }

  /** Whether some subscription may have been granted before that is not now, or not so high. */
  private static boolean losesSubscriptions(TopicGrants before, TopicGrants after) {
    return before.subscribeGrants().stream()
        .anyMatch(old -> !after.subscribeGrants().stream().anyMatch(next -> contains(next, old)));
  }

  private static boolean contains(SubscribeGrant next, SubscribeGrant old) {
    return next.qos() >= old.qos()
        && (next.shared() == SubscribeGrant.Shared.YES || next.shared() == old.shared())
        && next.covers(new Subscription(
            next.shared() == SubscribeGrant.Shared.ONLY ? "any" : null,
            new TopicFilter(old.topic())));
  }
}
