package io.mintmark.broker;

import io.mintmark.identity.TopicGrants;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of grants HiveMQ reads more widely than they are written: it takes the {@code +} of a
 * permission to cover any level of a subscription, the level {@code #} among them. So who may
 * subscribe to {@code alarms/+} may also subscribe to {@code alarms/#}.
 */
final class LooseGrants {

  private static final Logger log = LoggerFactory.getLogger(LooseGrants.class);

  private LooseGrants() {}

  /** One line for each such filter that is new. */
  static void warn(FeedSnapshot before, FeedSnapshot after) {
    Set<String> filters = in(after);
    filters.removeAll(in(before));
    for (String filter : filters) {
      log.warn(
          "a policy grants the subscription '{}': HiveMQ lets '{}' pass for it too; end the filter"
              + " with a name, or with # if that is meant",
          filter,
          filter.substring(0, filter.length() - 1) + "#");
    }
  }

  private static Set<String> in(FeedSnapshot snapshot) {
    Set<String> loose = new HashSet<>();
    Stream.concat(
            snapshot.fleets().values().stream().map(f -> f.topics()),
            snapshot.applications().values().stream().map(a -> a.topics()))
        .map(TopicGrants::subscribe)
        .flatMap(Collection::stream)
        .filter(filter -> filter.equals("+") || filter.endsWith("/+"))
        .forEach(loose::add);
    return loose;
  }
}
