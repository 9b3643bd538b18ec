package io.mintmark.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has Ctrl-C stop what one thread does, and the process wait until that has said what it came to. Closed
 * by {@link Shutdown} before anything that was started earlier.
 */
final class Stop implements AutoCloseable {

  private static final long LONGEST_SECONDS = 90;

  private final Thread player = Thread.currentThread();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Runnable told;
  private boolean playing;
  private boolean asked;

  /** @param told has whoever pressed the keys know that it was heard */
  Stop(Runnable told) {
    this.told = told;
  }

  /** From now on the thread may be interrupted. */
  synchronized void begin() throws InterruptedException {
    if (asked) {
      throw new InterruptedException();
    }
    playing = true;
  }

  /** From now on it is not. */
  synchronized void end() {
    playing = false;
    Thread.interrupted();
  }

  /** Whether it was asked to stop. */
  synchronized boolean asked() {
    return asked;
  }

  /** All is said. */
  void over() {
    over.countDown();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (over.getCount() == 0) {
        return;
      }
      asked = true;
      if (playing) {
        player.interrupt();
      }
    }
    told.run();
    try {
      over.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
