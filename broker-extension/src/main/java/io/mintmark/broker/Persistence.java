package io.mintmark.broker;

/**
 * Where HiveMQ keeps what outlives a connection: sessions with their subscriptions, the messages
 * queued for them and in flight, retained messages.
 */
public enum Persistence {
  /** On disk: what was acknowledged survives the end of the process, whatever ends it. */
  FILE("file"),

  /** In memory: all of it is gone when the process ends, however it ends. */
  MEMORY("in-memory");

  private final String mode;

  Persistence(String mode) {
    this.mode = mode;
  }

  /** HiveMQ's word for it. */
  String mode() {
    return mode;
  }
}
