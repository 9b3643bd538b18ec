package io.mintmark.simulators.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for many channels and moments. All but {@link #run}, {@link #call} and {@link
 * #close} is for that thread alone.
 */
final class EventLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Timer(long due, long turn, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      long earlier = due - other.due;
      return earlier == 0 ? Long.compare(turn, other.turn) : Long.signum(earlier);
    }
  }

  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private long turns;
  private volatile boolean closed;

  EventLoop(String name) throws IOException {
    selector = Selector.open();
    thread = new Thread(this::loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Has the loop do something soon; nothing comes of it once it is closed. */
  void run(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** The same; returns when it is done. */
  void call(Runnable task) {
    if (Thread.currentThread() == thread) {
      task.run();
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    run(() -> {
      try {
        task.run();
        done.complete(null);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    if (closed) {
      done.complete(null);
    }
    done.join();
  }

  /** Has it do something at a moment of {@link System#nanoTime}, or soon after. */
  void at(long due, Runnable task) {
    timers.add(new Timer(due, turns++, task));
  }

  /** Watches a channel; {@code ready} runs when it is. */
  SelectionKey watch(SelectableChannel channel, int operations, Runnable ready) throws IOException {
    return channel.register(selector, operations, ready);
  }

  private void loop() {
    while (!closed) {
      try {
        await();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        guarded(task);
      }
      for (SelectionKey key : selector.selectedKeys()) {
        guarded((Runnable) key.attachment());
      }
      selector.selectedKeys().clear();
      long now = System.nanoTime();
      while (!timers.isEmpty() && timers.peek().due() - now <= 0) {
        guarded(timers.poll().task());
      }
    }
    // Who waits for a task is not to wait for ever.
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guarded(task);
    }
  }

  private void await() throws IOException {
    if (timers.isEmpty()) {
      selector.select();
      return;
    }
    long nanos = timers.peek().due() - System.nanoTime();
    if (nanos <= 0) {
      selector.selectNow();
    } else {
      selector.select((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }
  }

  /** One connection's trouble is not the others'. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (CancelledKeyException e) {
      LOG.trace("a channel was closed meanwhile", e);
    } catch (RuntimeException e) {
      LOG.warn("a connection went wrong otherwise than it was to", e);
    }
  }

  /** Ends the thread; returns when it has ended. Channels are the caller's to close. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("the selector did not close", e);
    }
  }
}
