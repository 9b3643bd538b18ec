package io.mintmark.device;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The records of a log, as bytes: marker (4), length of the body (4), CRC-32C of secret, length and
 * body (4), body. The marker is the segment's own secret, and the CRC begins with it, so that no
 * payload can pass for a record where damage has made the reader look for the next one.
 *
 * <p>A body begins with its kind: a message (sequence number, when it was published in milliseconds
 * since 1970, the PUBLISH packet without its packet id), or messages that are done (pairs of first
 * sequence number and count). Readers pass over kinds they do not know.
 */
final class LogRecord {

  /** What a record takes beside its body. */
  static final int HEADER = 12;

  /** What a message takes beside its packet. */
  static final int MESSAGE_OVERHEAD = HEADER + 1 + 8 + 8;

  static final byte MESSAGE = 1;
  static final byte DONE = 2;

  /** Sequence numbers that follow each other. */
  record Range(long first, int count) {}

  private LogRecord() {}

  static byte[] message(long secret, long sequence, long publishedAt, byte[] packet) {
    byte[] record = new byte[MESSAGE_OVERHEAD + packet.length];
    body(record).put(MESSAGE).putLong(sequence).putLong(publishedAt).put(packet);
    return sealed(secret, record);
  }

  /** The ranges of these sequence numbers, which it sorts. */
  static List<Range> ranges(List<Long> sequences) {
    Collections.sort(sequences);
    List<Range> ranges = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= sequences.size(); i++) {
      if (i == sequences.size() || sequences.get(i) != sequences.get(i - 1) + 1) {
        ranges.add(new Range(sequences.get(begin), i - begin));
        begin = i;
      }
    }
    return ranges;
  }

  static int doneSize(List<Range> ranges) {
    return HEADER + 1 + ranges.size() * 12;
  }

  static byte[] done(long secret, List<Range> ranges) {
    byte[] record = new byte[doneSize(ranges)];
    ByteBuffer body = body(record).put(DONE);
    ranges.forEach(r -> body.putLong(r.first()).putInt(r.count()));
    return sealed(secret, record);
  }

  private static ByteBuffer body(byte[] record) {
    return ByteBuffer.wrap(record, HEADER, record.length - HEADER);
  }

  private static byte[] sealed(long secret, byte[] record) {
    ByteBuffer.wrap(record).putInt(marker(secret)).putInt(record.length - HEADER);
    ByteBuffer.wrap(record).putInt(8, crc(secret, record, 0, record.length));
    return record;
  }

  static int marker(long secret) {
    return (int) secret;
  }

  /** The CRC a record of this length has at this place. */
  static int crc(long secret, byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putLong(0, secret));
    crc.update(bytes, offset + 4, 4);
    crc.update(bytes, offset + HEADER, length - HEADER);
    return (int) crc.getValue();
  }
}
