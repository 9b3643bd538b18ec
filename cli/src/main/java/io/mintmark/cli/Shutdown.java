package io.mintmark.cli;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was started, last first: once, whether the verb ends by itself or by Ctrl-C.
 * Thread-safe.
 */
final class Shutdown implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private boolean closed;

  Shutdown() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
  }

  /** Remembers one more thing to close; closes it at once when all else is closed already. */
  synchronized <T extends AutoCloseable> T add(T part) {
    if (closed) {
      closeOne(part);
    } else {
      started.push(part);
    }
    return part;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!started.isEmpty()) {
      closeOne(started.pop());
    }
  }

  /**
   * Waits until the process is asked to end; that of a {@link ChildProcess} also until nobody holds its
   * standard input any more, and returns then.
   */
  static void await() throws InterruptedException, IOException {
    if (System.getenv(ChildProcess.HELD) != null) {
      while (System.in.read() >= 0) {
        // Nothing is said to it; what counts is that somebody could.
      }
      return;
    }
    Object never = new Object();
    synchronized (never) {
      while (true) {
        never.wait();
      }
    }
  }

  private static void closeOne(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
    }
  }
}
