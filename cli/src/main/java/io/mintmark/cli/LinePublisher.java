package io.mintmark.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Publishes an input's lines in their order. At most so many are without an answer: when the broker
 * is away, the input waits, and memory does not grow. For one input.
 */
final class LinePublisher {

  private static final int MOST_UNANSWERED = 1_000;

  private final Function<String, CompletableFuture<Void>> publisher;
  private final Semaphore free = new Semaphore(MOST_UNANSWERED);
  private final CompletableFuture<Long> end = new CompletableFuture<>();

  /** @param publisher answers when a line was acknowledged */
  LinePublisher(Function<String, CompletableFuture<Void>> publisher) {
    this.publisher = publisher;
  }

  /**
   * Publishes all lines; returns when the last was acknowledged.
   *
   * @param patience how long the last ones may take when the input has ended
   * @return how many there were
   * @throws CommandFailure as soon as one line was not taken or {@link #fail} was called
   */
  long publish(InputStream input, Duration patience) throws CommandFailure, InterruptedException {
    // Of its own: a read of the standard input cannot be interrupted.
    Thread reader = new Thread(() -> read(input, patience), "mintmark-lines");
    reader.setDaemon(true);
    reader.start();
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw (CommandFailure) e.getCause();
    }
  }

  /** Ends it. */
  void fail(String why) {
    end.completeExceptionally(new CommandFailure(CommandFailure.FAILED, why));
  }

  private void read(InputStream input, Duration patience) {
    long count = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        free.acquire();
        publish(line, ++count);
      }
      if (free.tryAcquire(MOST_UNANSWERED, patience.toNanos(), TimeUnit.NANOSECONDS)) {
        end.complete(count);
      } else {
        fail("not acknowledged within " + patience.toSeconds() + " s: "
            + (MOST_UNANSWERED - free.availablePermits()) + " of " + count + " lines");
      }
    } catch (IOException | InterruptedException | IllegalArgumentException e) {
      fail("after " + count + " lines: " + e.getMessage());
    }
  }

  private void publish(String line, long number) {
    var unused = publisher.apply(line).whenComplete((done, failure) -> {
      if (failure != null) {
        fail("line " + number + " was not taken: " + failure.getMessage());
      }
      free.release();
    });
  }
}
