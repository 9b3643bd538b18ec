package io.mintmark.simulators.scenario;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a message of the generator carries at its beginning, so that who receives it, in the same
 * process, can tell what is missing, what came twice, and how late it is. The rest is filling.
 *
 * @param stream which series of messages it belongs to
 * @param device who sent it, or whom it is for
 * @param sequence 0, 1, 2, ... without gaps, for each stream and device
 * @param due when the open loop wanted it sent, by {@link System#nanoTime}
 */
record Stamp(int stream, int device, int sequence, long due) {

  private static final int MAGIC = 0x4D4D5331;

  /** The shortest payload, bytes. */
  static final int LENGTH = 4 * Integer.BYTES + Long.BYTES;

  /**
   * A payload.
   *
   * @param length bytes, at least {@link #LENGTH}
   */
  byte[] payload(int length) {
    byte[] payload = new byte[length];
    ByteBuffer.wrap(payload)
        .putInt(MAGIC)
        .putInt(stream)
        .putInt(device)
        .putInt(sequence)
        .putLong(due);
    Arrays.fill(payload, LENGTH, length, (byte) '.');
    return payload;
  }

  /** What a payload carries; null if it is something else. */
  static Stamp of(byte[] payload) {
    if (payload.length < LENGTH) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(payload);
    return in.getInt() == MAGIC
        ? new Stamp(in.getInt(), in.getInt(), in.getInt(), in.getLong())
        : null;
  }
}
