package io.mintmark.identity;

import java.util.List;

/**
 * What a broker tells the service of its connections: {@code POST /v1/sessions}, over mutual TLS
 * with its own certificate. Reports of one run come one after the other; one that got no answer is
 * sent again with the same sequence, and takes effect once.
 *
 * @param run names one life of the broker's process; with another one, all connections of the run
 *     before are gone
 * @param sequence counts the reports of the run, from 1
 * @param events what happened, in order; of a list of the live ones a {@code CONNECTED} for each. May
 *     be empty: then it says that the broker is there
 * @param listing null unless this is a part of a list of all that are live; then the sequence of its
 *     first part
 * @param last whether the list is complete with this part: what it does not hold is gone
 */
public record SessionReport(
    String run, long sequence, List<SessionEvent> events, Long listing, boolean last) {

  /** How many events fit into one at most. */
  public static final int MOST_EVENTS = 500;

  /**
   * What the service answers.
   *
   * @param list whether it wants a list of all that are live, because it has missed something
   */
  public record Answer(boolean list) {}

  /** Copies the events. */
  public SessionReport {
    events = List.copyOf(events);
  }
}
