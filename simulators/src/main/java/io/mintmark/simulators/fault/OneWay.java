package io.mintmark.simulators.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** What goes through the proxy in one direction of one connection. For the loop alone. */
final class OneWay {

  private static final int MOST_WAITING = 256 * 1024;

  /** A limited connection passes something so often in a second. */
  private static final long STEPS = 20;

  private static final int LEAST_STEP = 16;

  /**
   * What waits for its moment.
   *
   * @param bytes null for the end of it all
   */
  private record Chunk(ByteBuffer bytes, long due) {}

  private final Link link;
  private final EventLoop loop;
  private final Side from;
  private final Side to;
  private final boolean answers;
  private final Deque<Chunk> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long free;
  private long lastDue;
  private boolean armed;
  private boolean ended;
  private boolean passed;

  /**
   * @param to null if nothing ever passes
   * @param answers whether it comes from the server
   */
  OneWay(Link link, EventLoop loop, Side from, Side to, boolean answers) {
    this.link = link;
    this.loop = loop;
    this.from = from;
    this.to = to;
    this.answers = answers;
    this.free = System.nanoTime();
    this.lastDue = free;
  }

  /** Takes what has come. */
  void read() throws IOException {
    long now = System.nanoTime();
    Conditions conditions = link.conditions();
    ByteBuffer bytes = link.scratch();
    bytes.clear().limit(step(conditions, bytes.capacity()));
    int read = from.channel().read(bytes);
    if (read < 0) {
      ended = true;
      from.want(SelectionKey.OP_READ, false);
    }
    bytes.flip();
    if (!answers) {
      link.hear(bytes);
    }
    if (link.loses(answers, now)) {
      if (read != 0) {
        link.missed();
      }
      return;
    }
    if (answers && read > 0 && link.isResetNow()) {
      return;
    }
    take(bytes, conditions, now);
  }

  private void take(ByteBuffer bytes, Conditions conditions, long now) throws IOException {
    if (bytes.hasRemaining()) {
      long due = due(conditions, bytes.remaining(), now);
      if (waiting.isEmpty() && due - now <= 0) {
        to.channel().write(bytes);
      }
      if (bytes.hasRemaining()) {
        waitingBytes += bytes.remaining();
        waiting.add(new Chunk(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip(), due));
      }
    }
    if (ended) {
      waiting.add(new Chunk(null, due(conditions, 0, now)));
    }
    flush();
  }

  private long due(Conditions conditions, int bytes, long now) {
    free = now - free > 0 ? now : free;
    if (conditions.bytesPerSecond() != Long.MAX_VALUE) {
      free += (long) (bytes * (TimeUnit.SECONDS.toNanos(1) / (double) conditions.bytesPerSecond()));
    }
    long due = free + link.delay(conditions);
    lastDue = due - lastDue > 0 ? due : lastDue;
    return lastDue;
  }

  private static int step(Conditions conditions, int most) {
    return conditions.bytesPerSecond() == Long.MAX_VALUE
        ? most
        : (int) Math.max(LEAST_STEP, Math.min(most, conditions.bytesPerSecond() / STEPS));
  }

  /** Passes on what is due. */
  void flush() throws IOException {
    long now = System.nanoTime();
    boolean blocked = false;
    while (!waiting.isEmpty() && waiting.peek().due() - now <= 0 && !blocked) {
      Chunk chunk = waiting.peek();
      if (link.loses(answers, now)) {
        waiting.clear();
        waitingBytes = 0;
        link.missed();
        return;
      }
      if (chunk.bytes() == null) {
        waiting.poll();
        to.channel().shutdownOutput();
        passed = true;
        link.passed();
        return;
      }
      waitingBytes -= to.channel().write(chunk.bytes());
      blocked = chunk.bytes().hasRemaining();
      if (!blocked) {
        waiting.poll();
      }
    }
    if (to != null) {
      to.want(SelectionKey.OP_WRITE, blocked);
    }
    if (!blocked && !waiting.isEmpty()) {
      arm(waiting.peek().due());
    }
    Conditions conditions = link.conditions();
    boolean full = waitingBytes >= step(conditions, MOST_WAITING);
    from.want(SelectionKey.OP_READ, !ended && !full);
  }

  private void arm(long due) {
    if (!armed) {
      armed = true;
      loop.at(due, () -> {
        armed = false;
        link.guarded(to, this::flush);
      });
    }
  }

  /** Whether its end has been passed on. */
  boolean isPassed() {
    return passed;
  }
}
