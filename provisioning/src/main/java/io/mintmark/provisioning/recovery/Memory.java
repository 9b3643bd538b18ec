package io.mintmark.provisioning.recovery;

import java.time.Instant;

/**
 * That a broker told what it remembers of the feed.
 *
 * @param id in the registry
 * @param broker its name
 * @param epoch where it stood; empty if it does not know
 * @param sequence how far it had read
 * @param complete whether the last part has come
 * @param toldAt when the last part so far came
 * @param replayedAt when it was taken in; null before
 */
public record Memory(
    long id,
    String broker,
    String epoch,
    long sequence,
    boolean complete,
    Instant toldAt,
    Instant replayedAt) {

  boolean isUnreplayed() {
    return complete && replayedAt == null;
  }

  boolean answers(Recovery recovery) {
    return complete && !toldAt.isBefore(recovery.noticedAt());
  }
}
