package io.mintmark.device;

import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Runs timers on one thread, which exists while there is one and sleeps until the next is due. A
 * {@link java.util.concurrent.ScheduledThreadPoolExecutor} whose idle thread may end wakes it again
 * and again to look whether it should. Thread-safe.
 */
final class TimerThread {

  private static final System.Logger LOG = System.getLogger(TimerThread.class.getName());

  /** All clients of the process. */
  static final TimerThread SHARED = new TimerThread("mintmark-timer");

  private final class Alarm extends FutureTask<Void> implements Comparable<Alarm> {
    private final long due;
    private final long number;

    Alarm(long due, long number, Runnable task) {
      super(task, null);
      this.due = due;
      this.number = number;
    }

    /** {@link System#nanoTime} may overflow, so only differences count. */
    @Override
    public int compareTo(Alarm other) {
      return due == other.due ? Long.compare(number, other.number) : Long.signum(due - other.due);
    }

    @Override
    protected void done() {
      if (isCancelled()) {
        forget(this);
      }
    }

    @Override
    protected void setException(Throwable failure) {
      LOG.log(System.Logger.Level.WARNING, "a timer failed", failure);
      super.setException(failure);
    }
  }

  private final String name;
  private final TreeSet<Alarm> alarms = new TreeSet<>();
  private long last;
  private Thread thread;

  TimerThread(String name) {
    this.name = name;
  }

  /** Runs a short task after so many nanoseconds. */
  synchronized Future<?> in(long nanos, Runnable task) {
    Alarm alarm = new Alarm(System.nanoTime() + Math.max(0, nanos), ++last, task);
    alarms.add(alarm);
    if (thread == null) {
      Thread created = new Thread(this::run, name);
      created.setDaemon(true);
      created.start();
      thread = created;
    } else if (alarms.first() == alarm) {
      notifyAll();
    }
    return alarm;
  }

  /** How many timers are waiting. */
  synchronized int waiting() {
    return alarms.size();
  }

  private synchronized void forget(Alarm alarm) {
    alarms.remove(alarm);
    if (alarms.isEmpty()) {
      notifyAll();
    }
  }

  private void run() {
    for (Alarm due = next(); due != null; due = next()) {
      due.run();
    }
  }

  /** The next timer that is due, once it is; null when there is none left, and the thread ends. */
  private synchronized Alarm next() {
    while (!alarms.isEmpty()) {
      long left = alarms.first().due - System.nanoTime();
      if (left <= 0) {
        return alarms.pollFirst();
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        // Nobody's business: the timers stay.
      }
    }
    thread = null;
    return null;
  }
}
