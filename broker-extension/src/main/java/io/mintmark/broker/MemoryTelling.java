package io.mintmark.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedMemory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a service that has lost some of its feed what this broker remembers, in parts that fit
 * its limit for bodies. What could not be told is told with the next attempt. Used by one thread.
 */
final class MemoryTelling {

  private static final Logger log = LoggerFactory.getLogger(MemoryTelling.class);

  /** The service takes 64 KiB unless it was told to take less. */
  private static final int LARGEST_PART = 32 * 1024;

  private final FeedClient client;
  private final Deque<FeedMemory> untold = new ArrayDeque<>();

  MemoryTelling(FeedClient client) {
    this.client = client;
  }

  /**
   * Tells what is still to be told, or all of it anew.
   *
   * @param why in the service's words
   * @throws IOException if the service was not reached, or refused
   */
  void tell(FeedSnapshot remembered, String why) throws IOException {
    if (untold.isEmpty()) {
      log.error(
          "THE FEED WENT BACKWARDS: {}. The service is told what this broker remembers of it, up to"
              + " {}, {} denials among that; here they hold on",
          why,
          remembered.sequence(),
          remembered.deniedSerials().size() + remembered.deniedIdentities().size());
      untold.addAll(parts(remembered, LARGEST_PART));
    }
    while (!untold.isEmpty()) {
      client.tell(untold.peek());
      untold.remove();
    }
  }

  /** An entry larger than a part, a policy with very many topics, is left out. */
  static List<FeedMemory> parts(FeedSnapshot remembered, int largest)
      throws JsonProcessingException {
    List<List<FeedEntry>> groups = new ArrayList<>(List.of(new ArrayList<>()));
    int size = 0;
    for (FeedEntry entry : entries(remembered).toList()) {
      int length = FeedJson.MAPPER.writeValueAsBytes(entry).length;
      if (length > largest) {
        continue;
      }
      if (size + length > largest) {
        groups.add(new ArrayList<>());
        size = 0;
      }
      groups.get(groups.size() - 1).add(entry);
      size += length;
    }
    List<FeedMemory> parts = new ArrayList<>();
    int from = 0;
    for (List<FeedEntry> group : groups) {
      parts.add(new FeedMemory(
          remembered.feedId(),
          remembered.place(),
          remembered.sequence(),
          from,
          group,
          parts.size() == groups.size() - 1));
      from += group.size();
    }
    return parts;
  }

  private static Stream<FeedEntry> entries(FeedSnapshot remembered) {
    // One that is not in use says all the same what was revoked.
    Bundle latest = remembered.offered() == null ? remembered.bundle() : remembered.offered();
    return Stream.of(
            remembered.deniedIdentities().values().stream()
                .map(d -> new FeedEntry(0, null, null, d, null)),
            remembered.deniedSerials().values().stream()
                .map(d -> new FeedEntry(0, null, null, d, null)),
            remembered.fleets().values().stream().map(f -> new FeedEntry(0, f, null, null, null)),
            remembered.applications().values().stream()
                .map(a -> new FeedEntry(0, null, a, null, null)),
            Stream.ofNullable(latest).map(b -> new FeedEntry(0, null, null, null, b)))
        .flatMap(entries -> entries);
  }
}
