package io.mintmark.simulators.fleet;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.simulators.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Requests of many devices to one service that may answer 429 or 503 with Retry-After (RFC 9110, section
 * 10.2.3; RFC 6585, section 4): limits are on a fleet and an address, which all share, so then all of them
 * wait, and the one that was put off asks again. Thread-safe.
 */
final class Pauses implements AutoCloseable {

  /** What may have to be asked again. */
  @FunctionalInterface
  interface Request<T> {
    T ask() throws IOException;
  }

  /** Waits; says whether it was woken for good. */
  @FunctionalInterface
  interface Waiting {
    boolean await(long nanos) throws InterruptedException;
  }

  /** A request that was put off for longer fails: a run is to end. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Progress progress;
  private final LongSupplier nanoTime;
  private final Waiting waiting;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long until;

  Pauses(Progress progress) {
    this.progress = progress;
    this.nanoTime = System::nanoTime;
    this.waiting = nanos -> closed.await(nanos, TimeUnit.NANOSECONDS);
    this.until = nanoTime.getAsLong();
  }

  /** With another's time. */
  Pauses(Progress progress, LongSupplier nanoTime, Waiting waiting) {
    this.progress = progress;
    this.nanoTime = nanoTime;
    this.waiting = waiting;
    this.until = nanoTime.getAsLong();
  }

  /**
   * Asks when nobody has to wait, and again when the service has asked for that.
   *
   * @throws EstRetryLaterException if the service would have it wait beyond {@link #PATIENCE}
   * @throws IOException as the request, or if this is closed meanwhile
   */
  <T> T ask(Request<T> request) throws IOException {
    long latest = nanoTime.getAsLong() + PATIENCE.toNanos();
    while (true) {
      pause();
      try {
        return request.ask();
      } catch (EstRetryLaterException e) {
        long again = nanoTime.getAsLong() + e.retryAfter().toNanos();
        if (again - latest > 0) {
          throw e;
        }
        putOff(again, e);
      }
    }
  }

  private void pause() throws IOException {
    for (long left = left(); left > 0; left = left()) {
      try {
        if (waiting.await(left)) {
          throw new IOException("the fleet is closed");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the fleet is closed", e);
      }
    }
  }

  private synchronized long left() {
    return until - nanoTime.getAsLong();
  }

  private synchronized void putOff(long again, EstRetryLaterException asked) {
    if (left() <= 0) {
      // Once for all that were under way. Of a date there are parts of a second left.
      Duration seconds =
          Duration.ofSeconds(asked.retryAfter().plusNanos(999_999_999).toSeconds());
      progress.step("The service answers %d and asks to wait %s: requests for certificates pause"
          .formatted(asked.status(), DurationText.of(seconds)));
    }
    if (again - until > 0) {
      until = again;
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
