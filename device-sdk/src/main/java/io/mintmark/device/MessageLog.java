package io.mintmark.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Messages in files: written at the end, read once from the beginning, and gone with the file when
 * all in it are done. Which are done is written to the same files, after the messages, some at a
 * time: a process that ends before that sends them again. Not thread-safe.
 */
final class MessageLog {

  private static final System.Logger LOG = System.getLogger(MessageLog.class.getName());

  /** A message as it was stored. */
  record Entry(long sequence, long publishedAt, byte[] packet) {}

  private static final int MOST_UNWRITTEN = 512;
  private static final int MOST_UNSYNCED = 8;
  private static final long WORTH_CLEARING = 64 * 1024;
  private static final long LARGEST_SEGMENT = 1 << 20;
  private static final SecureRandom SECRETS = new SecureRandom();

  private final LogFolder folder;
  private final Disk disk;
  private final long segmentSize;
  private final long mostOnDisk;
  private final NavigableMap<Long, LogSegment> segments;
  private final List<Long> doneUnwritten = new ArrayList<>();
  private long next = 1;
  private long live;
  private long liveBytes;
  private long fileBytes;
  private long unreadable;

  /** Where reading goes on: in this segment, at this byte, with this sequence number. */
  private LogSegment reading;

  private long readAt;
  private long readNext;
  private long unread;

  private long syncedTo;
  private boolean newFiles;
  private boolean dirty;

  private MessageLog(LogFolder folder, Disk disk, long maxBytes, LogRecovery found) {
    this.folder = folder;
    this.disk = disk;
    this.segmentSize = Math.min(maxBytes / 8, LARGEST_SEGMENT);
    this.mostOnDisk = maxBytes + 2 * segmentSize;
    this.segments = found.segments();
    this.unreadable = found.unreadable();
    for (LogSegment segment : segments.values()) {
      live += segment.liveCount();
      liveBytes += segment.liveBytes();
      fileBytes += segment.end();
      next = segment.next();
    }
    unread = live;
    syncedTo = next;
    readFrom(firstSegment());
    trim();
  }

  /**
   * Opens a log, and reads what is there.
   *
   * @param maxBytes of its messages; the files may take a quarter more
   * @throws IOException if the folder cannot be read or written, or another client has it
   */
  static MessageLog open(Path path, long maxBytes, Disk disk) throws IOException {
    LogFolder folder = LogFolder.take(path);
    try {
      LogRecovery recovery = new LogRecovery(disk);
      recovery.read(folder.segments());
      return new MessageLog(folder, disk, maxBytes, recovery);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw new IOException("cannot read the messages kept in " + path + ": " + e.getMessage(), e);
    }
  }

  /** Messages that are not done. */
  long live() {
    return live;
  }

  /** Bytes of the messages that are not done. */
  long liveBytes() {
    return liveBytes;
  }

  /** Bytes of the files. */
  long fileBytes() {
    return fileBytes;
  }

  /** Messages that are to be read yet. */
  long unread() {
    return unread;
  }

  /** The sequence number of the next message. */
  long next() {
    return next;
  }

  long takeUnreadable() {
    long found = unreadable;
    unreadable = 0;
    return found;
  }

  boolean takeDirty() {
    boolean was = dirty;
    dirty = false;
    return was;
  }

  /** Whether the disk has no room for a message of this size, and would have some without others. */
  boolean isDiskFull(long size) {
    return segments.size() > 1 && disk.isFull(folder.path(), size + segmentSize);
  }

  /**
   * Writes a message at the end; from now on it outlives the process.
   *
   * @param read whether it need not be read; only if all before it have been
   * @return its sequence number
   * @throws IOException if it could not be written; it is not there then
   */
  long append(byte[] packet, long publishedAt, boolean read) throws IOException {
    int size = LogRecord.MESSAGE_OVERHEAD + packet.length;
    LogSegment segment = writable(size);
    if (reading == null) {
      readFrom(segment);
      readAt = segment.end();
      readNext = next;
    }
    segment.write(LogRecord.message(segment.secret(), next, publishedAt, packet));
    segment.added(size);
    live++;
    liveBytes += size;
    fileBytes += size;
    dirty = true;
    if (read) {
      reading = segment;
      readAt = segment.end();
      readNext = next + 1;
    } else {
      unread++;
    }
    return next++;
  }

  private LogSegment writable(int size) throws IOException {
    if (fileBytes + size > mostOnDisk) {
      throw new IOException("the files take " + fileBytes + " bytes, as much as they may");
    }
    LogSegment last = segments.isEmpty() ? null : segments.lastEntry().getValue();
    // One without a message has the name that the next would have.
    if (last != null && (last.end() + size <= segmentSize || last.next() == last.first())) {
      if (last.writer() == null) {
        last.open(disk);
      }
      return last;
    }
    limitUnsynced();
    LogSegment created = LogSegment.named(folder.path(), next, SECRETS.nextLong());
    folder.create(created);
    try {
      created.open(disk);
    } catch (IOException e) {
      created.delete();
      throw e;
    }
    newFiles = true;
    if (last != null && !last.dirty()) {
      last.close();
    }
    segments.put(created.first(), created);
    trim();
    return created;
  }

  /** Publishing waits for a disk that does not keep up: each file not synced is one that is open. */
  private void limitUnsynced() throws IOException {
    List<LogSegment> unsynced =
        segments.values().stream().filter(s -> s.writer() != null).toList();
    if (unsynced.size() >= MOST_UNSYNCED) {
      LogSegment oldest = unsynced.get(0);
      oldest.writer().force();
      oldest.synced();
    }
  }

  /**
   * The next messages that are not done, in order.
   *
   * @param most how many
   * @param mostBytes of their packets; the last may go beyond
   */
  List<Entry> read(int most, long mostBytes) {
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    while (unread > 0 && reading != null) {
      LogSegment segment = reading;
      try (LogFile file = disk.open(segment.path())) {
        LogScan scan = new LogScan(file, segment.secret(), readAt, segment.end());
        while (scan.next()) {
          Entry entry = entry(segment, scan);
          readAt = scan.recordEnd();
          if (entry != null) {
            entries.add(entry);
            unread--;
            bytes += entry.packet().length;
            if (entries.size() == most || bytes >= mostBytes) {
              trim();
              return entries;
            }
          }
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot read " + segment.path(), e);
      }
      lose(segment, segment.next());
      Map.Entry<Long, LogSegment> after = segments.higherEntry(segment.first());
      if (after == null) {
        readAt = segment.end();
        break;
      }
      readFrom(after.getValue());
    }
    trim();
    return entries;
  }

  private Entry entry(LogSegment segment, LogScan scan) {
    ByteBuffer body = scan.body();
    if (body.get() != LogRecord.MESSAGE) {
      return null;
    }
    long sequence = body.getLong();
    if (sequence < readNext || sequence >= segment.next()) {
      return null;
    }
    lose(segment, sequence);
    readNext = sequence + 1;
    if (segment.isDone(sequence)) {
      return null;
    }
    long publishedAt = body.getLong();
    byte[] packet = new byte[body.remaining()];
    body.get(packet);
    return new Entry(sequence, publishedAt, packet);
  }

  /** What was to be read before this sequence number is not there any more. */
  private void lose(LogSegment segment, long upTo) {
    for (; readNext < upTo; readNext++) {
      if (segment.done(readNext, 0)) {
        live--;
        unread--;
        unreadable++;
        doneUnwritten.add(readNext);
        dirty = true;
      }
    }
  }

  /**
   * A message that was read is done.
   *
   * @param packet how long it is
   */
  void done(long sequence, int packet) {
    int size = LogRecord.MESSAGE_OVERHEAD + packet;
    Map.Entry<Long, LogSegment> at = segments.floorEntry(sequence);
    if (at == null || !at.getValue().done(sequence, size)) {
      return;
    }
    live--;
    liveBytes -= size;
    doneUnwritten.add(sequence);
    dirty = true;
    if (at.getValue().liveCount() == 0) {
      trim();
    }
    if (doneUnwritten.size() >= MOST_UNWRITTEN) {
      writeDone();
    }
  }

  /** A message that was read is whole, and nobody knows what to do with it. */
  void unusable(Entry entry) {
    unreadable++;
    done(entry.sequence(), entry.packet().length);
  }

  private void writeDone() {
    if (!segments.isEmpty()) {
      long first = segments.firstKey();
      doneUnwritten.removeIf(sequence -> sequence < first);
    }
    if (segments.isEmpty() || doneUnwritten.isEmpty()) {
      doneUnwritten.clear();
      return;
    }
    List<LogRecord.Range> ranges = LogRecord.ranges(doneUnwritten);
    doneUnwritten.clear();
    writeDone(ranges);
  }

  private void writeDone(List<LogRecord.Range> ranges) {
    try {
      LogSegment segment = writable(LogRecord.doneSize(ranges));
      byte[] record = LogRecord.done(segment.secret(), ranges);
      segment.write(record);
      fileBytes += record.length;
    } catch (IOException e) {
      // They go out once more after a restart, unless their file is gone until then.
      LOG.log(System.Logger.Level.DEBUG, "cannot write down what is done", e);
    }
  }

  /**
   * Deletes the files in which all is done, but for the one that is written. They need not be the
   * first: what is in flight may stay so for as long as there is no connection.
   */
  private void trim() {
    LogSegment last = segments.isEmpty() ? null : segments.lastEntry().getValue();
    for (LogSegment segment : List.copyOf(segments.values())) {
      boolean there = segments.get(segment.first()) == segment;
      if (there && segment != last && segment.liveCount() == 0) {
        if (segment != firstSegment()) {
          noteAgain(segment.next());
        }
        delete(segment);
      }
    }
  }

  /**
   * Writes down once more what is done of the files before this sequence number, as the file may say
   * so that is to be deleted, and that it has been there.
   */
  private void noteAgain(long upTo) {
    List<LogRecord.Range> ranges = new ArrayList<>();
    long from = segments.firstKey();
    for (LogSegment segment : segments.headMap(upTo).values()) {
      if (segment.first() > from) {
        ranges.add(new LogRecord.Range(from, (int) (segment.first() - from)));
      }
      segment.addDone(ranges);
      from = segment.next();
    }
    writeDone(ranges);
  }

  private void delete(LogSegment segment) {
    Map.Entry<Long, LogSegment> after = segments.higherEntry(segment.first());
    segments.remove(segment.first());
    fileBytes -= segment.end();
    liveBytes -= segment.liveBytes();
    segment.delete();
    if (reading == segment) {
      readFrom(after == null ? null : after.getValue());
    }
  }

  private LogSegment firstSegment() {
    return segments.isEmpty() ? null : segments.firstEntry().getValue();
  }

  private void readFrom(LogSegment segment) {
    reading = segment;
    readAt = 0;
    readNext = segment == null ? next : segment.first();
  }

  /**
   * Begins a sync: writes down what is done, or deletes the files if all is. What nobody waits for
   * any more is not synced.
   */
  LogSync beginSync() {
    if (live == 0 && fileBytes >= WORTH_CLEARING) {
      clear();
    } else {
      writeDone();
    }
    if (liveFrom(syncedTo) == 0) {
      syncedTo = next;
      return LogSync.NOTHING;
    }
    List<LogSegment> unsynced =
        segments.values().stream().filter(LogSegment::dirty).toList();
    unsynced.forEach(LogSegment::beginForce);
    LogSync sync = new LogSync(disk, unsynced, newFiles ? folder.path() : null, next);
    newFiles = false;
    return sync;
  }

  void endSync(LogSync sync, boolean failed) {
    LogSegment last = segments.isEmpty() ? null : segments.lastEntry().getValue();
    sync.segments().forEach(segment -> segment.endForce(failed, segment == last));
    if (failed) {
      newFiles |= sync.folder() != null;
      dirty = true;
    } else {
      syncedTo = Math.max(syncedTo, sync.upTo());
    }
  }

  private long liveFrom(long sequence) {
    Long at = segments.floorKey(sequence);
    Collection<LogSegment> after =
        at == null ? segments.values() : segments.tailMap(at, true).values();
    return after.stream().mapToLong(segment -> segment.liveFrom(sequence)).sum();
  }

  private void clear() {
    doneUnwritten.clear();
    while (!segments.isEmpty()) {
      delete(firstSegment());
    }
  }

  /** Brings everything to the disk and lets go of the folder. */
  void close() {
    if (live == 0) {
      clear();
    }
    LogSync sync = beginSync();
    try {
      sync.force();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot sync the messages in " + folder.path(), e);
    } finally {
      endSync(sync, false);
      segments.values().forEach(LogSegment::close);
      folder.close();
    }
  }
}
