package io.mintmark.identity;

import java.util.List;

/**
 * An answer of the feed: some entries after the sequence a broker asked for, in order. The service
 * keeps of each subject only its latest entry, so a broker that reads from 0 receives the whole
 * current state and nothing else.
 *
 * <p>On the wire it is JSON, field by field as declared here and in {@link FeedEntry}; instants are
 * ISO 8601 strings; fields that are null are left out.
 *
 * @param feedId names the registry the feed comes from; another id means another registry
 * @param trustDomain the installation's trust domain
 * @param head the latest sequence there is; greater than the last entry's when there is more to
 *     read
 * @param entries at most a few hundred, in rising sequence; empty when nothing came in time
 * @param place where a broker stands that has read this page, sealed by the service: it is given back
 *     with the next request, and proves what the service once told. Null from a service without
 */
public record FeedPage(
    String feedId, String trustDomain, long head, List<FeedEntry> entries, String place) {

  /** Copies the entries. */
  public FeedPage {
    entries = List.copyOf(entries);
  }

  /** A page of a service that seals no places. */
  public FeedPage(String feedId, String trustDomain, long head, List<FeedEntry> entries) {
    this(feedId, trustDomain, head, entries, null);
  }
}
