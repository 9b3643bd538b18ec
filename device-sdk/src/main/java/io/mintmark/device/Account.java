package io.mintmark.device;

/** Counts messages and their bytes against a limit of both. Not thread-safe. */
final class Account {

  private final long maxMessages;
  private final long maxBytes;
  private long messages;
  private long bytes;

  Account(long maxMessages, long maxBytes) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** Whether one more message of this size is within the limits. */
  boolean hasRoom(long size) {
    return messages < maxMessages && size <= maxBytes - bytes;
  }

  void add(long size) {
    messages++;
    bytes += size;
  }

  void remove(long size) {
    messages--;
    bytes -= size;
  }

  long messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }

  long maxBytes() {
    return maxBytes;
  }
}
