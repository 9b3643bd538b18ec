package io.mintmark.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * While HiveMQ opens its data: it waits for the last of many small databases, and when one cannot be
 * opened it waits for ever. Who waits and whether anybody is at work still can be seen in the stacks of
 * its threads; there is no other sign.
 */
final class DataOpening implements AutoCloseable {

  private static final String PERSISTENCE = "com.hivemq.persistence.";
  private static final long LOOK_MILLIS = 500;

  /** So many looks in a row that find nobody at work: it is no pause between two databases. */
  private static final int LOOKS = 4;

  private final Thread opener = Thread.currentThread();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final AtomicBoolean stuck = new AtomicBoolean();
  private final Thread watcher = new Thread(this::watch, "mintmark-data-opening");

  /** Watches from now on; the calling thread is interrupted when its data will never be open. */
  DataOpening() {
    watcher.setDaemon(true);
    watcher.start();
  }

  private void watch() {
    try {
      int looks = 0;
      while (!opened.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        looks = waiting().isEmpty() ? 0 : looks + 1;
        if (looks == LOOKS) {
          stuck.set(true);
          opener.interrupt();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Who waits for a database, if nobody is opening one. */
  private static List<Thread> waiting() {
    List<Thread> waiting = new ArrayList<>();
    for (Map.Entry<Thread, StackTraceElement[]> thread :
        Thread.getAllStackTraces().entrySet()) {
      StackTraceElement[] stack = thread.getValue();
      if (isIn(stack, "lambda$start$")) {
        return List.of();
      }
      if (isIn(stack, "start")
          && Arrays.stream(stack)
              .anyMatch(f -> f.getClassName().equals(CountDownLatch.class.getName()))) {
        waiting.add(thread.getKey());
      }
    }
    return waiting;
  }

  private static boolean isIn(StackTraceElement[] stack, String method) {
    return Arrays.stream(stack)
        .anyMatch(
            f -> f.getClassName().startsWith(PERSISTENCE) && f.getMethodName().startsWith(method));
  }

  /**
   * To be called after a fault.
   *
   * @throws BrokerStartException if the data could not be opened
   */
  void explain(Path data, Throwable fault) throws BrokerStartException {
    if (stuck.get()) {
      // Or they would keep the process from ending.
      waiting().forEach(Thread::interrupt);
      throw new BrokerStartException(
          "HiveMQ cannot open its data in "
              + data
              + ", some of it is damaged; restore the folder, or delete it and lose the sessions and"
              + " messages in it, then start again",
          fault);
    }
  }

  @Override
  public void close() {
    opened.countDown();
  }
}
