package io.mintmark.device;

/** Told what becomes of the offline buffer. Thread-safe, and does not wait. */
interface BufferWatch {

  /**
   * Messages are lost.
   *
   * @param cause of the last one
   */
  void dropped(long messages, DeviceException cause);

  /** There is something to sync. */
  void dirty();
}
