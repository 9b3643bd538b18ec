package io.mintmark.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where messages wait until the broker has acknowledged them, and how many may: in memory, or on
 * disk, where they outlive the process. Both bounds hold always; what does not fit is dropped by
 * rule, counted ({@link DeviceClient#buffer}) and told ({@link DeviceListener#dropped}). Immutable.
 */
public final class OfflineBuffer {

  /** What gives way when the buffer is full. */
  public enum WhenFull {
    /** The message that has waited longest and is not on its way yet: the newest state counts. */
    DROP_OLDEST,
    /** The message that is being published: its future fails at once. The default. */
    DROP_NEWEST
  }

  private static final long LEAST_ON_DISK = 64 * 1024;
  private static final Duration LONGEST_SYNC = Duration.ofHours(1);

  private final boolean onDisk;
  private final long maxMessages;
  private final long maxBytes;
  private final WhenFull whenFull;
  private final Duration syncWithin;

  private OfflineBuffer(
      boolean onDisk, long maxMessages, long maxBytes, WhenFull whenFull, Duration syncWithin) {
    this.onDisk = onDisk;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.whenFull = whenFull;
    this.syncWithin = syncWithin;
  }

  /**
   * A buffer in memory; what it holds is lost with the process.
   *
   * @param maxMessages most messages without an acknowledgement
   * @param maxBytes most bytes they may take: topic, properties and payload, and {@value
   *     MemoryBacklog#OVERHEAD} for keeping each; at least 1,024
   */
  public static OfflineBuffer memory(long maxMessages, long maxBytes) {
    return new OfflineBuffer(
        false,
        atLeast("buffer of messages", maxMessages, 1),
        atLeast("buffer of bytes", maxBytes, 1_024),
        WhenFull.DROP_NEWEST,
        Duration.ZERO);
  }

  /**
   * A buffer on disk, in the device's folder. Messages of QoS 1 are written to it when they are
   * published and outlive the process; those of QoS 0 wait in memory. A window of messages is in
   * memory, however many wait.
   *
   * @param maxMessages most messages of QoS 1 without an acknowledgement
   * @param maxBytes most bytes they may take: topic, properties and payload, and {@value
   *     LogRecord#MESSAGE_OVERHEAD} for keeping each; at least 65,536. The files may take a quarter
   *     more
   */
  public static OfflineBuffer disk(long maxMessages, long maxBytes) {
    return new OfflineBuffer(
        true,
        atLeast("buffer of messages", maxMessages, 1),
        atLeast("buffer of bytes on disk", maxBytes, LEAST_ON_DISK),
        WhenFull.DROP_NEWEST,
        Duration.ofSeconds(1));
  }

  /** What gives way when it is full; default {@link WhenFull#DROP_NEWEST}. */
  public OfflineBuffer whenFull(WhenFull policy) {
    return new OfflineBuffer(onDisk, maxMessages, maxBytes, policy, syncWithin);
  }

  /**
   * How soon what was published is safe from a power cut (fsync, many messages at a time); default
   * 1 s, zero for as soon as the disk can. From the end of the process it is safe when {@code
   * publish} returns. What the broker acknowledged in the meantime is not synced: with a connection,
   * a longer time spares flash memory.
   *
   * @throws IllegalStateException if the buffer is in memory
   */
  public OfflineBuffer syncWithin(Duration longest) {
    if (!onDisk) {
      throw new IllegalStateException("a buffer in memory has nothing to sync: use disk(...)");
    }
    if (longest.isNegative() || longest.compareTo(LONGEST_SYNC) > 0) {
      throw new IllegalArgumentException(
          "sync within " + longest + ": use " + Duration.ZERO + " to " + LONGEST_SYNC);
    }
    return new OfflineBuffer(onDisk, maxMessages, maxBytes, whenFull, longest);
  }

  /**
   * Opens it, with what an earlier process has left on disk.
   *
   * @param folder of the device
   * @return makes what keeps the messages, for one that is told of those it loses
   * @throws IOException if it is on disk and cannot be used
   */
  Function<Consumer<Dropped>, Backlog> open(Path folder, Clock clock) throws IOException {
    if (!onDisk) {
      return lost -> new MemoryBacklog(maxMessages, maxBytes);
    }
    MessageLog log = MessageLog.open(folder.resolve("buffer"), maxBytes, new Disk());
    return lost -> new DiskBacklog(log, this, clock, lost);
  }

  boolean onDisk() {
    return onDisk;
  }

  long maxMessages() {
    return maxMessages;
  }

  long maxBytes() {
    return maxBytes;
  }

  WhenFull whenFull() {
    return whenFull;
  }

  Duration syncWithin() {
    return syncWithin;
  }

  private static long atLeast(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(what + " of " + value + ": use at least " + least);
    }
    return value;
  }
}
