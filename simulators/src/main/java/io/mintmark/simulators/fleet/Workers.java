package io.mintmark.simulators.fleet;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A bounded number of threads for what blocks. */
final class Workers {

  private Workers() {}

  static ExecutorService of(String name, int threads) {
    return Executors.newFixedThreadPool(threads, task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
  }

  /** Has it done; the future fails with what it throws, or if there are no workers any more. */
  static <T> CompletableFuture<T> submit(ExecutorService workers, Callable<T> task) {
    CompletableFuture<T> future = new CompletableFuture<>();
    try {
      workers.execute(() -> {
        try {
          future.complete(task.call());
        } catch (Throwable e) {
          future.completeExceptionally(e);
        }
      });
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(new IllegalStateException("the fleet is closed", e));
    }
    return future;
  }

  /** The same for what goes on elsewhere: done when that is. */
  static <T> CompletableFuture<T> compose(
      ExecutorService workers, Callable<CompletableFuture<T>> task) {
    CompletableFuture<T> future = new CompletableFuture<>();
    CompletableFuture<Void> begun = submit(workers, () -> {
      var unused = task.call().whenComplete((done, failure) -> {
        if (failure == null) {
          future.complete(done);
        } else {
          future.completeExceptionally(failure);
        }
      });
      return null;
    });
    var unused = begun.whenComplete((done, failure) -> {
      if (failure != null) {
        future.completeExceptionally(failure);
      }
    });
    return future;
  }

  /** Lets them end what they do, for so long. */
  static void close(ExecutorService workers, int seconds) {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(seconds, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
