package io.mintmark.device;

import java.util.ArrayDeque;
import java.util.Deque;

/** A backlog in memory. Not thread-safe. */
final class MemoryBacklog implements Backlog {

  /** Bytes of heap for keeping a message beside its own: objects, future, queue; rounded up. */
  static final int OVERHEAD = 256;

  private final Account account;
  private final Deque<Outgoing> queue = new ArrayDeque<>();

  MemoryBacklog(long maxMessages, long maxBytes) {
    account = new Account(maxMessages, maxBytes);
  }

  private static long cost(Outgoing message) {
    return message.size() + (long) OVERHEAD;
  }

  @Override
  public long largest(Outgoing message) {
    return account.maxBytes() - OVERHEAD;
  }

  @Override
  public boolean hasRoom(Outgoing message) {
    return account.hasRoom(cost(message));
  }

  @Override
  public void add(Outgoing message, byte[] packet) {
    account.add(cost(message));
    queue.add(message);
  }

  @Override
  public Outgoing first() {
    return queue.peek();
  }

  @Override
  public Outgoing oldestFor(Outgoing message) {
    return queue.peek();
  }

  @Override
  public void take(Outgoing message) {
    queue.remove();
  }

  @Override
  public void putBack(Outgoing message) {
    queue.addFirst(message);
  }

  @Override
  public void done(Outgoing message) {
    account.remove(cost(message));
  }

  @Override
  public boolean isStored(Outgoing message) {
    return false;
  }

  @Override
  public long waiting() {
    return queue.size();
  }

  @Override
  public long bytes() {
    return account.bytes();
  }

  @Override
  public long takeUnreadable() {
    return 0;
  }

  @Override
  public boolean takeDirty() {
    return false;
  }

  @Override
  public long sizeOnFullDisk(Outgoing message) {
    return -1;
  }

  @Override
  public LogSync beginSync() {
    return LogSync.NOTHING;
  }

  @Override
  public void endSync(LogSync sync, boolean failed) {}

  @Override
  public void close(Heir heir) {
    queue.forEach(message -> heir.left(message.done(), false));
    queue.clear();
  }
}
