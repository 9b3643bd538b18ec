package io.mintmark.broker;

/** Is told when the feed said something new. Called on the feed's thread, one call at a time. */
interface FeedListener {

  /**
   * A new snapshot is in force.
   *
   * @param before the snapshot until now
   * @param after the one in force since a moment ago, on disk already
   */
  void changed(FeedSnapshot before, FeedSnapshot after);
}
