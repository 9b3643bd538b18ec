package io.mintmark.simulators.attack;

import io.mintmark.simulators.MessageHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Remembers the marked messages that were delivered, so that a move can prove what did not get
 * through: first a marked message that should arrive, as a control, then a look for the one that
 * should not. Thread-safe.
 */
public final class Watch implements MessageHandler {

  /** What every marked payload begins with; telemetry is JSON and does not. */
  public static final String MARK = "marked:";

  private final Set<String> seen = new HashSet<>();

  @Override
  public void message(String topic, byte[] payload) {
    String text = new String(payload, StandardCharsets.UTF_8);
    if (text.startsWith(MARK)) {
      synchronized (seen) {
        seen.add(text);
        seen.notifyAll();
      }
    }
  }

  /** Whether a message with this payload was delivered. */
  public boolean saw(String payload) {
    synchronized (seen) {
      return seen.contains(payload);
    }
  }

  /** Waits for a message with this payload; false if it did not come in time. */
  public boolean await(String payload, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (seen) {
      while (!seen.contains(payload)) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        seen.wait(left);
      }
      return true;
    }
  }
}
