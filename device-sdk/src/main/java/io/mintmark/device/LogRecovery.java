package io.mintmark.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Reads a log that a process left behind, which may have ended at any moment, on a disk that may
 * have lost what was not synced, or more. What is good counts: a record is whole or it is not there.
 * Memory: a bit for each message, and one piece of a file.
 */
final class LogRecovery {

  private static final System.Logger LOG = System.getLogger(LogRecovery.class.getName());

  /** A gap this large is no damage but a file that does not belong here. */
  private static final long LARGEST_GAP = 1 << 24;

  private final Disk disk;
  private final NavigableMap<Long, LogSegment> segments = new TreeMap<>();
  private final List<LogRecord.Range> done = new ArrayList<>();
  private final List<LogRecord.Range> gaps = new ArrayList<>();
  private long unreadable;

  LogRecovery(Disk disk) {
    this.disk = disk;
  }

  /** The segments, by their first sequence number. */
  NavigableMap<Long, LogSegment> segments() {
    return segments;
  }

  /** Messages that were there once, and are neither done nor readable. */
  long unreadable() {
    return unreadable;
  }

  /**
   * Reads them all, and cuts off what the last one ends with if that was not written to its end.
   *
   * @param found by their first sequence number
   */
  void read(List<LogSegment> found) throws IOException {
    for (int i = 0; i < found.size(); i++) {
      LogSegment segment = found.get(i);
      LogSegment after = i + 1 < found.size() ? found.get(i + 1) : null;
      if (after != null && after.first() < segment.first() + 1) {
        LOG.log(
            System.Logger.Level.WARNING, "{0} is not read: another begins there", segment.path());
        continue;
      }
      segments.put(segment.first(), segment);
      read(segment, after == null ? Long.MAX_VALUE : after.first());
    }
    if (!segments.isEmpty()) {
      account();
    }
  }

  private void read(LogSegment segment, long limit) throws IOException {
    try (LogFile file = disk.open(segment.path())) {
      long length = file.length();
      LogScan scan = new LogScan(file, segment.secret(), 0, length);
      while (scan.next()) {
        ByteBuffer body = scan.body();
        byte kind = body.get();
        if (kind == LogRecord.MESSAGE) {
          message(segment, body.getLong(), limit, LogRecord.HEADER + body.limit());
        } else if (kind == LogRecord.DONE) {
          while (body.hasRemaining()) {
            LogRecord.Range range = new LogRecord.Range(body.getLong(), body.getInt());
            if (range.count() > 0) {
              done.add(range);
            }
          }
        }
      }
      boolean last = limit == Long.MAX_VALUE;
      if (last && scan.recordEnd() < length) {
        file.truncate(scan.recordEnd());
      }
      // What a process wrote that was killed may still be on its way to the disk.
      file.force();
      segment.end(last ? scan.recordEnd() : length);
      if (!last) {
        gap(segment, limit);
      }
    }
  }

  private void message(LogSegment segment, long sequence, long limit, int size) {
    if (sequence >= segment.next() && sequence < limit && gap(segment, sequence)) {
      segment.added(size);
    }
  }

  /** Sequence numbers up to this one are missing; false if too many are to be true. */
  private boolean gap(LogSegment segment, long upTo) {
    long missing = upTo - segment.next();
    if (missing > LARGEST_GAP) {
      return false;
    }
    if (missing > 0) {
      gaps.add(new LogRecord.Range(segment.next(), (int) missing));
      segment.extendTo(upTo);
    }
    return true;
  }

  private void account() throws IOException {
    LogSegment last = segments.lastEntry().getValue();
    for (LogRecord.Range range : done) {
      // Numbers that are done are never given out again, even if their messages are not readable.
      gap(last, range.first() + range.count());
      done(range);
    }
    for (LogRecord.Range gap : gaps) {
      unreadable += done(gap);
    }
    for (LogSegment segment : segments.values()) {
      segment.liveBytes(segment.liveCount() == 0 ? 0 : liveBytes(segment));
    }
  }

  private int done(LogRecord.Range range) {
    Long from = segments.floorKey(range.first());
    int fresh = 0;
    for (LogSegment segment : segments
        .subMap(from == null ? range.first() : from, range.first() + range.count())
        .values()) {
      fresh += segment.done(range);
    }
    return fresh;
  }

  private long liveBytes(LogSegment segment) throws IOException {
    if (segment.liveFrom(segment.first()) == segment.next() - segment.first()) {
      return segment.liveBytes();
    }
    long bytes = 0;
    try (LogFile file = disk.open(segment.path())) {
      LogScan scan = new LogScan(file, segment.secret(), 0, segment.end());
      while (scan.next()) {
        ByteBuffer body = scan.body();
        if (body.get() == LogRecord.MESSAGE) {
          long sequence = body.getLong();
          if (sequence >= segment.first()
              && sequence < segment.next()
              && !segment.isDone(sequence)) {
            bytes += LogRecord.HEADER + body.limit();
          }
        }
      }
    }
    return bytes;
  }
}
