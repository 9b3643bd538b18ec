package io.mintmark.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of the log, and which of its messages are done: a bit for each. Its name says the first
 * sequence number and the secret, so that there is no header that could be damaged. Not thread-safe.
 */
final class LogSegment {

  private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.log");

  private final Path path;
  private final long first;
  private final long secret;
  private final BitSet done = new BitSet();
  private int count;
  private int doneCount;
  private long liveBytes;
  private long end;
  private LogFile writer;
  private boolean dirty;
  private boolean forcing;
  private boolean deleted;

  private LogSegment(Path path, long first, long secret) {
    this.path = path;
    this.first = first;
    this.secret = secret;
  }

  /** One to be written, from this sequence number on. */
  static LogSegment named(Path folder, long first, long secret) {
    String name = String.format(Locale.ROOT, "%016x-%016x.log", first, secret);
    return new LogSegment(folder.resolve(name), first, secret);
  }

  /** One that was found; null if the file is none. */
  static LogSegment found(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches()
        ? new LogSegment(
            path,
            Long.parseUnsignedLong(name.group(1), 16),
            Long.parseUnsignedLong(name.group(2), 16))
        : null;
  }

  Path path() {
    return path;
  }

  long first() {
    return first;
  }

  long secret() {
    return secret;
  }

  /** The sequence number after its last. */
  long next() {
    return first + count;
  }

  /** Bytes of the file that count. */
  long end() {
    return end;
  }

  void end(long bytes) {
    end = bytes;
  }

  /** Bytes of the messages that are not done. */
  long liveBytes() {
    return liveBytes;
  }

  int liveCount() {
    return count - doneCount;
  }

  boolean isDone(long sequence) {
    return done.get(index(sequence));
  }

  /** How many sequence numbers from this one on are not done. */
  int liveFrom(long sequence) {
    int from = index(Math.max(first, Math.min(sequence, next())));
    return count - from - done.get(from, count).cardinality();
  }

  /** A message was written. */
  void added(long bytes) {
    count++;
    liveBytes += bytes;
  }

  /** All sequence numbers before this one are its own, whether there is a message or not. */
  void extendTo(long sequence) {
    count = index(sequence);
  }

  /** What is live was counted anew. */
  void liveBytes(long bytes) {
    liveBytes = bytes;
  }

  /** False if it was done already, or is not its own. */
  boolean done(long sequence, long bytes) {
    if (sequence < first || sequence >= next() || isDone(sequence)) {
      return false;
    }
    done.set(index(sequence));
    doneCount++;
    liveBytes -= bytes;
    return true;
  }

  /** Adds the ranges of those that are done. */
  void addDone(List<LogRecord.Range> ranges) {
    for (int from = done.nextSetBit(0); from >= 0; ) {
      int to = done.nextClearBit(from);
      ranges.add(new LogRecord.Range(first + from, to - from));
      from = done.nextSetBit(to);
    }
  }

  /** Those of its own from the first to before the last are done; how many were not before. */
  int done(LogRecord.Range range) {
    int from = index(Math.max(first, Math.min(range.first(), next())));
    int to = index(Math.max(first, Math.min(range.first() + range.count(), next())));
    int fresh = to - from - done.get(from, to).cardinality();
    done.set(from, to);
    doneCount += fresh;
    return fresh;
  }

  private int index(long sequence) {
    return Math.toIntExact(sequence - first);
  }

  /** Open while it is written, and until that is safe; null otherwise. */
  LogFile writer() {
    return writer;
  }

  void open(Disk disk) throws IOException {
    writer = disk.open(path);
  }

  boolean dirty() {
    return dirty;
  }

  void write(byte[] record) throws IOException {
    try {
      writer.write(end, record);
    } catch (IOException e) {
      try {
        // A part of it may be there; were it to stay, the next record would be written over it.
        writer.truncate(end);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    end += record.length;
    dirty = true;
  }

  /** What was written is safe, and nothing more will be. */
  void synced() {
    dirty = false;
    close();
  }

  void beginForce() {
    forcing = true;
    dirty = false;
  }

  /**
   * @param keepOpen whether it goes on being written
   */
  void endForce(boolean failed, boolean keepOpen) {
    forcing = false;
    dirty |= failed;
    if (deleted || !(keepOpen || dirty)) {
      close();
    }
  }

  void close() {
    if (writer != null && !forcing) {
      try {
        writer.close();
      } catch (IOException e) {
        // It was forced, or is not needed.
      }
      writer = null;
    }
  }

  /** Deletes the file, if it can be; what it holds is done. */
  void delete() {
    deleted = true;
    close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next start tries again: it says itself that all is done, or goes out twice.
    }
  }
}
