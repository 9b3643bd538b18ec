package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.limits.Limits;
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

  private final Map<String, Integer> byOwner = new ConcurrentHashMap<>();
  private final Executor executor;
  private final Limits.Feed limits;
  private volatile boolean closed;

  ParkedRequests(Executor executor, Limits.Feed limits) {
    this.executor = executor;
    this.limits = limits;
  }

  /**
   * Parks a request.
   *
   * @param owner whose it is
   * @param ready whether what it waits for has happened already
   * @param longest after which it is answered in any case
   * @param answer run once, later, on the executor
   * @return completed when the answer is written; with a {@link Refusal} if too many are parked
   */
  CompletableFuture<Void> until(
      String owner, BooleanSupplier ready, Duration longest, Answer answer) {
    // Some may pass at once where only one more should: it is a bound of memory, not a count.
    if (waiting.size() >= limits.parked()) {
      return CompletableFuture.failedFuture(new Refusal(
          Refusal.Kind.LATER, limits.parked() + " requests are waiting already: try again later"));
    }
    if (byOwner.merge(owner, 1, Integer::sum) > limits.parkedPerBroker()) {
      left(owner);
      return CompletableFuture.failedFuture(Refusal.tooMany(
          "'" + owner + "' has " + limits.parkedPerBroker() + " requests waiting already",
          longest.toSeconds()));
    }
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
        .whenComplete((nothing, failure) -> {
          waiting.remove(ticket);
          left(owner);
        })
        .thenRunAsync(() -> write(answer), executor);
  }

  private void left(String owner) {
    byOwner.computeIfPresent(owner, (o, count) -> count == 1 ? null : count - 1);
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
