package io.mintmark.identity;

import java.util.List;

/**
 * A part of what a broker remembers of the feed, told to a service that has lost some of it. All
 * parts together are what the feed said of each subject last; on the wire as {@link FeedPage}.
 *
 * @param feedId the registry the broker has read; null if it never has
 * @param place where it stood, as the service sealed it; null if it has none
 * @param sequence how far it has read
 * @param from how many entries the parts before this one hold
 * @param entries their sequence says nothing
 * @param last whether no part comes after this one
 */
public record FeedMemory(
    String feedId, String place, long sequence, int from, List<FeedEntry> entries, boolean last) {

  /** Copies the entries. */
  public FeedMemory {
    entries = List.copyOf(entries);
  }
}
