package io.mintmark.broker;

import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.services.exception.RateLimitExceededException;
import com.hivemq.extension.sdk.api.services.subscription.SubscriptionStore;
import com.hivemq.extension.sdk.api.services.subscription.TopicSubscription;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** HiveMQ's subscriptions in a map. */
final class FakeSubscriptions {

  private final Map<String, Map<String, TopicSubscription>> byClient = new ConcurrentHashMap<>();

  /** How many times still it is too busy to remove anything. */
  final AtomicInteger busy = new AtomicInteger();

  @SuppressWarnings("unchecked")
  SubscriptionStore store() {
    return (SubscriptionStore) Proxy.newProxyInstance(
        FakeSubscriptions.class.getClassLoader(),
        new Class<?>[] {SubscriptionStore.class},
        (proxy, method, arguments) -> {
          String client = (String) arguments[0];
          return switch (method.getName()) {
            case "getSubscriptions" ->
              CompletableFuture.completedFuture(Set.copyOf(of(client).values()));
            case "addSubscriptions" -> add(client, (Set<TopicSubscription>) arguments[1]);
            case "removeSubscriptions" -> remove(client, (Set<String>) arguments[1]);
            case "removeSubscription" -> remove(client, Set.of((String) arguments[1]));
            default -> throw new UnsupportedOperationException(method.getName());
          };
        });
  }

  private synchronized Map<String, TopicSubscription> of(String client) {
    return byClient.computeIfAbsent(client, c -> new ConcurrentHashMap<>());
  }

  private CompletableFuture<Void> add(String client, Set<TopicSubscription> all) {
    all.forEach(s -> of(client).put(s.getTopicFilter(), s));
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> remove(String client, Set<String> filters) {
    if (busy.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      return CompletableFuture.failedFuture(new RateLimitExceededException());
    }
    of(client).keySet().removeAll(filters);
    return CompletableFuture.completedFuture(null);
  }

  void subscribe(String client, String filter, int qos) {
    TopicSubscription subscription =
        HiveMqBuilders.subscription().topicFilter(filter).qos(Qos.valueOf(qos)).build();
    of(client).put(filter, subscription);
  }

  /** {@code filter qos}, sorted. */
  Set<String> subscriptions(String client) {
    return new HashMap<>(of(client))
        .values().stream()
            .map(s -> s.getTopicFilter() + " " + s.getQos().getQosNumber())
            .collect(Collectors.toCollection(TreeSet::new));
  }
}
