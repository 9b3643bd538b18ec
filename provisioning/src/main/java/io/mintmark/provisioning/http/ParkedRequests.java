package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Requests that wait for something to happen: each costs an entry in a set and a timer, no thread.
 * Answers are written on the given executor, so that who wakes them is not held up by a slow
 * client. A client that went away is noticed when its answer is written, at the latest when its
 * wait is over. Thread-safe.
 */
final class ParkedRequests implements AutoCloseable {

  /** Writes the answer of a request that was woken. */
  @FunctionalInterface
  interface Answer {
    void write() throws Refusal;
  }

  /** By a ticket of their own: futures have no equality. */
  private final Map<Object, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

  private final Executor executor;
  private volatile boolean closed;

  ParkedRequests(Executor executor) {
    this.executor = executor;
  }

  /**
   * Parks a request.
   *
   * @param ready whether what it waits for has happened already
   * @param longest after which it is answered in any case
   * @param answer run once, later, on the executor
   * @return completed when the answer is written
   */
  CompletableFuture<Void> until(BooleanSupplier ready, Duration longest, Answer answer) {
    CompletableFuture<Void> woken = new CompletableFuture<>();
    Object ticket = new Object();
    waiting.put(ticket, woken);
    // Asked once more after joining: what happens in between is seen on one side or the other.
    if (closed) {
      woken.completeExceptionally(new CancellationException());
    } else if (ready.getAsBoolean()) {
      woken.complete(null);
    } else {
      woken.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS);
    }
    return woken
        .whenComplete((nothing, failure) -> waiting.remove(ticket))
        .thenRunAsync(() -> write(answer), executor);
  }

  private static void write(Answer answer) {
    try {
      answer.write();
    } catch (Refusal refusal) {
      throw new CompletionException(refusal);
    }
  }

  /** What they wait for has happened. Returns at once. */
  void wakeAll() {
    waiting.values().forEach(woken -> woken.complete(null));
  }

  /** How many are parked now. */
  int count() {
    return waiting.size();
  }

  /** Ends the waiting of all with a {@link CancellationException}, now and from now on. */
  @Override
  public void close() {
    closed = true;
    waiting.values().forEach(woken -> woken.completeExceptionally(new CancellationException()));
  }
}
