package io.mintmark.device;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A clock and timers that only the test moves. */
final class FakeTimers implements Timers {
  private record Alarm(Instant at, Runnable task, CompletableFuture<Void> future) {}

  private final List<Alarm> alarms = new ArrayList<>();
  private Instant now;

  FakeTimers(Instant start) {
    now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized Future<?> in(Duration wait, Runnable task) {
    Alarm alarm = new Alarm(now.plus(wait), task, new CompletableFuture<>());
    alarms.add(alarm);
    return alarm.future();
  }

  /** When the next timer is due; null if there is none. */
  synchronized Instant next() {
    alarms.removeIf(a -> a.future().isDone());
    return alarms.stream().map(Alarm::at).min(Instant::compareTo).orElse(null);
  }

  void advanceTo(Instant moment) {
    while (next() != null && !next().isAfter(moment)) {
      Alarm due;
      synchronized (this) {
        Instant at = next();
        due = alarms.stream().filter(a -> a.at().equals(at)).findFirst().orElseThrow();
        now = due.at();
        alarms.remove(due);
      }
      due.task().run();
    }
    synchronized (this) {
      now = moment.isAfter(now) ? moment : now;
    }
  }
}
