package io.mintmark.device;

/** Sessions without a client around them. */
final class Sessions {

  private Sessions() {}

  /** One that keeps its messages in memory, and tells nobody of those it drops. */
  static Session inMemory() {
    return new Session(
        lost -> new MemoryBacklog(1_000, 1 << 20),
        OfflineBuffer.WhenFull.DROP_NEWEST,
        new BufferWatch() {
          @Override
          public void dropped(long messages, DeviceException cause) {}

          @Override
          public void dirty() {}
        });
  }
}
