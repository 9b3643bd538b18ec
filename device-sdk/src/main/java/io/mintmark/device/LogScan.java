package io.mintmark.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the good records of a part of a segment, in order; what is damaged is passed over, byte by
 * byte, to the next good one. Keeps a piece of the file in memory: 64 KiB, or a record if that is
 * larger. Not thread-safe.
 */
final class LogScan {

  private static final int PIECE = 64 * 1024;

  private final LogFile file;
  private final long secret;
  private final long end;
  private byte[] piece = new byte[0];
  private long pieceAt;
  private long at;
  private long recordEnd;
  private ByteBuffer body;

  /**
   * @param from where a record begins
   * @param end where the segment does
   */
  LogScan(LogFile file, long secret, long from, long end) {
    this.file = file;
    this.secret = secret;
    this.end = end;
    this.pieceAt = from;
    this.at = from;
    this.recordEnd = from;
  }

  /** Goes to the next good record; false if there is none. */
  boolean next() throws IOException {
    at = recordEnd;
    while (end - at > LogRecord.HEADER) {
      load(LogRecord.HEADER);
      int offset = (int) (at - pieceAt);
      ByteBuffer header = ByteBuffer.wrap(piece, offset, LogRecord.HEADER).slice();
      long length = header.getInt(4);
      if (header.getInt(0) == LogRecord.marker(secret)
          && length > 0
          && length <= end - at - LogRecord.HEADER) {
        int whole = LogRecord.HEADER + (int) length;
        load(whole);
        offset = (int) (at - pieceAt);
        if (LogRecord.crc(secret, piece, offset, whole) == header.getInt(8)) {
          body = ByteBuffer.wrap(piece, offset + LogRecord.HEADER, (int) length).slice();
          recordEnd = at + whole;
          return true;
        }
      }
      at++;
    }
    return false;
  }

  /** The body of the record; good until the next call of {@link #next}. */
  ByteBuffer body() {
    return body;
  }

  /** Where the last good record ends. */
  long recordEnd() {
    return recordEnd;
  }

  /** Makes sure that so many bytes from here on are in memory. */
  private void load(int bytes) throws IOException {
    if (at >= pieceAt && at + bytes <= pieceAt + piece.length) {
      return;
    }
    int size = (int) Math.min(Math.max(bytes, PIECE), end - at);
    byte[] loaded = new byte[size];
    int read = file.read(at, loaded, 0, size);
    if (read < size) {
      // Shorter than its length said a moment ago: what is not there is as good as damaged.
      Arrays.fill(loaded, read, size, (byte) 0);
    }
    piece = loaded;
    pieceAt = at;
  }
}
