package io.mintmark.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the service has yet to be told, oldest first. Bounded: when it is full the oldest goes, and
 * that something went is remembered. Adding takes a moment and no memory but for the occurrence.
 * Thread-safe.
 */
final class UntoldOccurrences {

  private final int most;
  private final int wakeAt;
  private final Deque<Occurrence> waiting = new ArrayDeque<>();
  private boolean lost;
  private boolean closed;

  /**
   * @param most how many it holds
   * @param wakeAt so many are worth a report at once
   */
  UntoldOccurrences(int most, int wakeAt) {
    this.most = most;
    this.wakeAt = wakeAt;
  }

  synchronized void add(Occurrence occurrence) {
    if (waiting.size() == most) {
      waiting.remove();
      lost = true;
    }
    waiting.add(occurrence);
    if (waiting.size() == wakeAt) {
      notifyAll();
    }
  }

  /**
   * Takes the oldest.
   *
   * @param mostEvents at most so many
   * @param mostChars at most about so much JSON, but at least one of them
   */
  synchronized List<Occurrence> take(int mostEvents, int mostChars) {
    List<Occurrence> taken = new ArrayList<>();
    int chars = 0;
    while (!waiting.isEmpty() && taken.size() < mostEvents) {
      chars += waiting.element().length();
      if (chars > mostChars && !taken.isEmpty()) {
        break;
      }
      taken.add(waiting.remove());
    }
    return taken;
  }

  /** Whether something went untold since this was asked last. */
  synchronized boolean takeLost() {
    boolean was = lost;
    lost = false;
    return was;
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Waits until there is enough for a report, this is closed, or the time is over. */
  synchronized void await(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = millis;
    while (!closed && waiting.size() < wakeAt && left > 0) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  /** Waits so long, or until this is closed. */
  synchronized void pause(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = millis;
    while (!closed && left > 0) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  /** Nobody waits here any more. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
