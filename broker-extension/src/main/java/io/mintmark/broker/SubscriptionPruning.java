package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.services.builder.TopicSubscriptionBuilder;
import com.hivemq.extension.sdk.api.services.subscription.SubscriptionStore;
import com.hivemq.extension.sdk.api.services.subscription.TopicSubscription;
import io.mintmark.identity.TopicGrants;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away the subscriptions a session is not granted any more, and lowers those above their QoS.
 * HiveMQ keeps what it has delivered to a session's queue: so long as some of that may be there, the
 * session has one subscription more, to a topic nobody can publish to. It tells the next connection,
 * on whichever broker, that what comes out of the queue has to be looked at.
 */
final class SubscriptionPruning {

  private static final Logger log = LoggerFactory.getLogger(SubscriptionPruning.class);

  /** HiveMQ ends the connection of a client that publishes to a topic with a dollar. */
  static final String MARK = "$mintmark/narrowed";

  private static final long RETRY_MILLIS = 100;

  /** A SUBSCRIBE that was granted before the change may be written a little later. */
  private static final long[] LOOKS_AGAIN_MILLIS = {200, 2_000};

  private static final long READ_MILLIS = 1_000;

  private final LiveSessions sessions;
  private final SubscriptionStore store;
  private final Later later;
  private final Supplier<TopicSubscriptionBuilder> builders;

  /**
   * @param builders HiveMQ's
   */
  SubscriptionPruning(
      LiveSessions sessions,
      SubscriptionStore store,
      Later later,
      Supplier<TopicSubscriptionBuilder> builders) {
    this.sessions = sessions;
    this.store = store;
    this.later = later;
    this.builders = builders;
  }

  /** Whether a session that is taken up again may bring what is not granted. */
  boolean isNeeded(LiveSession session) {
    try {
      Set<TopicSubscription> stored =
          store.getSubscriptions(session.clientId()).get(READ_MILLIS, TimeUnit.MILLISECONDS);
      return stored.stream()
          .anyMatch(s -> s.getTopicFilter().equals(MARK) || isTooMuch(session, s));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the subscriptions of {} could not be read, looking again", session.identity(), e);
      return true;
    }
  }

  /**
   * Does it, until it is done or the session is gone; what it still has then, the next one finds. If
   * there is anything to do, nothing that is not granted is delivered from this call on.
   */
  void start(LiveSession session) {
    look(session, 0);
  }

  private void look(LiveSession session, int looks) {
    if (!sessions.contains(session) || session.isCut()) {
      return;
    }
    CompletableFuture<?> unused = store
        .getSubscriptions(session.clientId())
        .thenCompose(subscriptions -> prune(session, subscriptions))
        .whenComplete((left, fault) -> {
          if (fault != null) {
            log.debug("the subscriptions of {} are not pruned yet: {}", session.identity(), fault);
            later.run(RETRY_MILLIS, () -> look(session, looks));
          } else if (looks < LOOKS_AGAIN_MILLIS.length) {
            later.run(LOOKS_AGAIN_MILLIS[looks], () -> look(session, looks + 1));
          } else {
            expectDrained(session, left);
          }
        });
  }

  private CompletableFuture<Set<TopicSubscription>> prune(
      LiveSession session, Set<TopicSubscription> subscriptions) {
    TopicGrants granted = session.policy().topics();
    Set<String> gone = new HashSet<>();
    Set<TopicSubscription> put = new HashSet<>();
    for (TopicSubscription subscription : subscriptions) {
      if (isTooMuch(session, subscription)) {
        OptionalInt qos = granted.subscribeQos(subscription.getTopicFilter());
        if (qos.isEmpty()) {
          gone.add(subscription.getTopicFilter());
        } else {
          put.add(lowered(subscription, qos.getAsInt()));
        }
      }
    }
    if (gone.isEmpty() && put.isEmpty()) {
      return CompletableFuture.completedFuture(subscriptions);
    }
    session.unlessCut(permissions -> session.policy().filterDelivery(new DeliveryFilter(session)));
    put.add(builders.get().topicFilter(MARK).qos(Qos.AT_MOST_ONCE).build());
    log.info(
        "policy changed device={} clientId={} unsubscribed={} lowered={}",
        session.identity(),
        Quoted.of(session.clientId()),
        Quoted.of(String.join(" ", gone)),
        put.size() - 1);
    CompletableFuture<Void> marked = store.addSubscriptions(session.clientId(), put);
    return (gone.isEmpty()
            ? marked
            : marked.thenCompose(done -> store.removeSubscriptions(session.clientId(), gone)))
        .thenApply(done -> subscriptions);
  }

  private static boolean isTooMuch(LiveSession session, TopicSubscription subscription) {
    OptionalInt qos = session.policy().topics().subscribeQos(subscription.getTopicFilter());
    return !subscription.getTopicFilter().equals(MARK)
        && (qos.isEmpty() || qos.getAsInt() < subscription.getQos().getQosNumber());
  }

  private TopicSubscription lowered(TopicSubscription subscription, int qos) {
    TopicSubscriptionBuilder lowered = builders
        .get()
        .topicFilter(subscription.getTopicFilter())
        .qos(Qos.valueOf(qos))
        .noLocal(subscription.getNoLocal())
        .retainAsPublished(subscription.getRetainAsPublished());
    subscription.getSubscriptionIdentifier().ifPresent(lowered::subscriptionIdentifier);
    return lowered.build();
  }

  /** What a group's queue brings tells nothing about the session's own: with one, the mark stays. */
  private void expectDrained(LiveSession session, Set<TopicSubscription> left) {
    DeliveryFilter filter = session.policy().filter();
    if (filter != null && left.stream().noneMatch(s -> s.getTopicFilter().startsWith("$share/"))) {
      filter.expectDrained(System.currentTimeMillis(), () -> {
        CompletableFuture<Void> unused = store.removeSubscription(session.clientId(), MARK);
      });
    }
  }
}
