package io.mintmark.device;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * The messages that are not done: it keeps those that wait for their turn in order, and the account
 * of all, those in flight too. Not thread-safe.
 */
interface Backlog {

  /** Told of futures that are still open at the end. */
  interface Heir {
    /**
     * A message is not done.
     *
     * @param stored whether the message outlives the client
     */
    void left(CompletableFuture<Void> done, boolean stored);
  }

  /** Most bytes a message may have to be kept at all, encoded. */
  long largest(Outgoing message);

  /** Whether the message may be added now. */
  boolean hasRoom(Outgoing message);

  /**
   * Adds a message at the end.
   *
   * @param packet the message, encoded without a packet id
   * @throws IOException if it cannot be stored
   */
  void add(Outgoing message, byte[] packet) throws IOException;

  /** The message whose turn it is; null if none waits. */
  Outgoing first();

  /** The message that has waited longest of those that make room for this one; null if none does. */
  Outgoing oldestFor(Outgoing message);

  /** Takes out a message that {@link #first} or {@link #oldestFor} named; it is still kept. */
  void take(Outgoing message);

  /** A message that was taken waits again, before all others. */
  void putBack(Outgoing message);

  /** A message that was taken is not kept any longer. */
  void done(Outgoing message);

  /** Whether a message that was taken outlives the client. */
  boolean isStored(Outgoing message);

  /** Messages that wait. */
  long waiting();

  /** Bytes of all that are not done. */
  long bytes();

  /** Messages that were lost to damage and noticed since it was last asked. */
  long takeUnreadable();

  /** Whether there is something to sync since it was last asked. */
  boolean takeDirty();

  /**
   * What the files take if the disk has no room for this message, so that dropping others may help;
   * -1 if that is not what is wrong.
   */
  long sizeOnFullDisk(Outgoing message);

  /** Begins to bring what is kept to the disk. */
  LogSync beginSync();

  /** The sync is over. */
  void endSync(LogSync sync, boolean failed);

  /** Ends it; what is stored stays. */
  void close(Heir heir);
}
