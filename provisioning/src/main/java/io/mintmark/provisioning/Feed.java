package io.mintmark.provisioning;

import io.mintmark.identity.FeedPage;

/** The ordered stream of policies, denials and bundles that brokers follow. Thread-safe. */
public final class Feed {

  /**
   * The entries after a sequence, at most 200; empty when there are none.
   *
   * @throws Refusal CONFLICT if the sequence is greater than the head: it is not from this feed
   */
  public FeedPage after(long sequence) throws Refusal {
    return null;
  }

  /** The latest sequence; 0 before the first entry. */
  public long head() {
    return 0;
  }

  /**
   * Has the listener run after each commit that appended something, on the thread that committed;
   * it must be quick and not throw.
   */
  public void onAppend(Runnable listener) {
    // To be filled in.
  }
}
