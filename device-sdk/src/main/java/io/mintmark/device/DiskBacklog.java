package io.mintmark.device;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A backlog on disk. In memory are those next in turn, a bounded number of futures, and the messages
 * of QoS 0, which are bounded by themselves: they are worth no write, but keep their place in the
 * order. Not thread-safe.
 */
final class DiskBacklog implements Backlog {

  private static final int WINDOW = 128;
  private static final int WINDOW_BYTES = 256 * 1024;
  private static final int MOST_FUTURES = 10_000;
  private static final long MOST_QOS_0 = 10_000;
  private static final long MOST_QOS_0_BYTES = 1 << 20;

  /** A clock before this was never set; what it says is not the time a message waited. */
  private static final long CLOCKS_ARE_SET =
      Instant.parse("2020-01-01T00:00:00Z").toEpochMilli();

  private final MessageLog log;
  private final Clock clock;
  private final Consumer<Dropped> dropped;
  private final long maxMessages;
  private final long maxBytes;
  private final MemoryBacklog qos0;
  private final Deque<Outgoing> window = new ArrayDeque<>();
  private long windowBytes;
  private boolean closed;
  private final Map<Long, CompletableFuture<Void>> futures = new LinkedHashMap<>();

  /**
   * @param clock says how long a message waited that an earlier process stored
   * @param dropped told of messages that cannot be read back
   */
  DiskBacklog(MessageLog log, OfflineBuffer bounds, Clock clock, Consumer<Dropped> dropped) {
    this.log = log;
    this.clock = clock;
    this.dropped = dropped;
    this.maxMessages = bounds.maxMessages();
    this.maxBytes = bounds.maxBytes();
    this.qos0 =
        new MemoryBacklog(Math.min(maxMessages, MOST_QOS_0), Math.min(maxBytes, MOST_QOS_0_BYTES));
  }

  @Override
  public long largest(Outgoing message) {
    return message.qos() == 0 ? qos0.largest(message) : maxBytes - LogRecord.MESSAGE_OVERHEAD;
  }

  @Override
  public boolean hasRoom(Outgoing message) {
    return message.qos() == 0
        ? qos0.hasRoom(message)
        : log.live() < maxMessages
            && message.size() + LogRecord.MESSAGE_OVERHEAD <= maxBytes - log.liveBytes();
  }

  @Override
  public void add(Outgoing message, byte[] packet) throws IOException {
    if (message.qos() == 0) {
      message.inOrderAt(log.next());
      qos0.add(message, packet);
      return;
    }
    boolean inWindow = log.unread() == 0
        && window.size() < WINDOW
        && (window.isEmpty() || windowBytes + packet.length <= WINDOW_BYTES);
    message.inOrderAt(log.append(packet, clock.millis(), inWindow));
    if (inWindow) {
      window.add(message);
      windowBytes += packet.length;
    } else if (futures.size() < MOST_FUTURES) {
      futures.put(message.order(), message.done());
    } else {
      // Not returned yet, so nobody can be waiting for it.
      message
          .done()
          .completeExceptionally(new StoredException("the message is stored; " + MOST_FUTURES
              + " others wait, for no more is it told when they are through"));
    }
  }

  @Override
  public Outgoing first() {
    Outgoing stored = firstStored();
    Outgoing passing = qos0.first();
    return passing != null && (stored == null || passing.order() <= stored.order())
        ? passing
        : stored;
  }

  private Outgoing firstStored() {
    while (window.isEmpty() && log.unread() > 0 && !closed) {
      load();
    }
    return window.peek();
  }

  private void load() {
    long reached = log.next();
    for (MessageLog.Entry entry : log.read(WINDOW, WINDOW_BYTES)) {
      loseBefore(entry.sequence());
      reached = entry.sequence() + 1;
      CompletableFuture<Void> done = futures.remove(entry.sequence());
      try {
        Outgoing message = Packets.stored(entry.packet(), waited(entry.publishedAt()), done);
        message.size(entry.packet().length);
        message.inOrderAt(entry.sequence());
        window.add(message);
        windowBytes += entry.packet().length;
      } catch (IOException e) {
        // Whole, but not by a version of ours: as good as damaged.
        log.unusable(entry);
        lost(done == null ? new CompletableFuture<>() : done);
      }
    }
    if (log.unread() == 0) {
      loseBefore(reached);
    }
  }

  private void loseBefore(long sequence) {
    Iterator<Map.Entry<Long, CompletableFuture<Void>>> first =
        futures.entrySet().iterator();
    while (first.hasNext()) {
      Map.Entry<Long, CompletableFuture<Void>> future = first.next();
      if (future.getKey() >= sequence) {
        return;
      }
      first.remove();
      lost(future.getValue());
    }
  }

  private void lost(CompletableFuture<Void> done) {
    dropped.accept(new Dropped(
        done,
        new RetryLaterException("the message was stored and cannot be read any more"),
        false));
  }

  private Duration waited(long publishedAt) {
    return publishedAt < CLOCKS_ARE_SET
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, clock.millis() - publishedAt));
  }

  @Override
  public Outgoing oldestFor(Outgoing message) {
    return message.qos() == 0 ? qos0.oldestFor(message) : firstStored();
  }

  @Override
  public void take(Outgoing message) {
    if (message.qos() == 0) {
      qos0.take(message);
    } else {
      window.remove();
      windowBytes -= message.size();
    }
  }

  @Override
  public void putBack(Outgoing message) {
    window.addFirst(message);
    windowBytes += message.size();
  }

  @Override
  public void done(Outgoing message) {
    if (message.qos() == 0) {
      qos0.done(message);
    } else {
      log.done(message.order(), message.size());
    }
  }

  @Override
  public boolean isStored(Outgoing message) {
    return message.qos() > 0;
  }

  @Override
  public long waiting() {
    return qos0.waiting() + window.size() + log.unread();
  }

  @Override
  public long bytes() {
    return qos0.bytes() + log.liveBytes();
  }

  @Override
  public long takeUnreadable() {
    return log.takeUnreadable();
  }

  @Override
  public boolean takeDirty() {
    return log.takeDirty();
  }

  @Override
  public long sizeOnFullDisk(Outgoing message) {
    return log.isDiskFull(message.size()) ? log.fileBytes() : -1;
  }

  @Override
  public LogSync beginSync() {
    return log.beginSync();
  }

  @Override
  public void endSync(LogSync sync, boolean failed) {
    log.endSync(sync, failed);
  }

  @Override
  public void close(Heir heir) {
    qos0.close(heir);
    window.forEach(message -> heir.left(message.done(), true));
    futures.values().forEach(done -> heir.left(done, true));
    window.clear();
    futures.clear();
    closed = true;
    log.close();
  }
}
