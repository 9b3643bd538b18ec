package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Pacer;
import io.mintmark.simulators.results.Recorder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * One operation of many devices, in an open or a closed loop, taken down one by one. For one thread at a
 * time.
 */
final class Wave {

  /** How late a tick may be before the generator is said to be late. */
  private static final long LATE_NANOS = 100_000_000;

  /** How long the last may take to end. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int REASON_LENGTH = 160;

  private final Recorder recorder;
  private final String operation;
  private final Duration patience;
  private final Semaphore running = new Semaphore(0);
  private final AtomicInteger done = new AtomicInteger();
  private int begun;

  Wave(Recorder recorder, String operation) {
    this(recorder, operation, PATIENCE);
  }

  /** With another patience. */
  Wave(Recorder recorder, String operation, Duration patience) {
    this.recorder = recorder;
    this.operation = operation;
    this.patience = patience;
  }

  /** How many came through so far. */
  int done() {
    return done.get();
  }

  /**
   * Has devices do it and waits until all are through. One that takes longer than {@link #PATIENCE} has
   * failed, and what becomes of it later is not counted as well.
   *
   * @param deed what a device does
   */
  void play(int[] devices, Pace pace, IntFunction<CompletableFuture<?>> deed)
      throws InterruptedException {
    long origin = System.nanoTime();
    for (int i = 0; i < devices.length; i++) {
      int device = devices[i];
      if (pace.pacer() == null) {
        if (begun >= pace.atOnce()) {
          running.acquire();
        }
        begin(System.nanoTime(), () -> deed.apply(device));
      } else {
        long due = origin + pace.pacer().due(i).toNanos();
        await(recorder, due, () -> false);
        begin(due, () -> deed.apply(device));
      }
    }
    running.acquire(pace.pacer() == null ? Math.min(begun, pace.atOnce()) : begun);
  }

  private void begin(long due, Supplier<CompletableFuture<?>> beginning) {
    begun++;
    Supplier<CompletableFuture<?>> limited =
        () -> beginning.get().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    var unused = follow(recorder, operation, due, limited).whenComplete((ok, failure) -> {
      if (failure == null) {
        done.incrementAndGet();
      }
      running.release();
    });
  }

  /**
   * Takes down what becomes of one.
   *
   * @param due the moment it was to begin, by {@link System#nanoTime}
   */
  static CompletableFuture<?> follow(
      Recorder recorder, String operation, long due, Supplier<CompletableFuture<?>> beginning) {
    CompletableFuture<?> ending;
    try {
      ending = beginning.get();
    } catch (RuntimeException e) {
      ending = CompletableFuture.failedFuture(e);
    }
    return ending.whenComplete((ok, failure) -> {
      if (failure == null) {
        recorder.done(operation, due, System.nanoTime());
      } else {
        recorder.failed(operation, reason(failure));
      }
    });
  }

  /** Why something failed, in one line. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof TimeoutException && cause.getMessage() == null) {
      return "no answer in time";
    }
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    String line = text.lines().findFirst().orElse("");
    return line.substring(0, Math.min(REASON_LENGTH, line.length()));
  }

  /**
   * Waits until a tick is due, and counts it.
   *
   * @param over ends the waiting early
   * @return whether it is due now; false if it is over before
   */
  static boolean await(Recorder recorder, long due, BooleanSupplier over)
      throws InterruptedException {
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      if (over.getAsBoolean()) {
        return false;
      }
      LockSupport.parkNanos(Math.min(wait, LATE_NANOS));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    if (over.getAsBoolean()) {
      return false;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    recorder.count("ticks", 1);
    if (System.nanoTime() - due > LATE_NANOS) {
      recorder.count("ticks.late", 1);
    }
    return true;
  }

  /** The moment a tick is due, by {@link System#nanoTime}. */
  static long due(long origin, Pacer pacer, long tick) {
    return origin + pacer.due(tick).toNanos();
  }
}
