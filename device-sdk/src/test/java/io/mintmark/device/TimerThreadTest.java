package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerThreadTest {

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final TimerThread timers = new TimerThread("timers-under-test");
  private final List<String> ran = new CopyOnWriteArrayList<>();

  private static boolean runs() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("timers-under-test"));
  }

  @Test
  void runsInOrderAndGoesWithTheLast() {
    Future<?> never = timers.in(HOUR, () -> ran.add("never"));
    Future<?> second = timers.in(TimeUnit.MILLISECONDS.toNanos(20), () -> ran.add("second"));
    Future<?> first = timers.in(0, () -> {
      ran.add("first");
      throw new IllegalStateException("as timers may");
    });
    await().until(() -> ran.size() == 2);
    assertThat(ran).containsExactly("first", "second");
    await().until(() -> first.isDone() && second.isDone());
    assertThat(timers.waiting()).isEqualTo(1);
    assertThat(runs()).isTrue();
    never.cancel(false);
    assertThat(timers.waiting()).isZero();
    await().until(() -> !runs());

    Future<?> again = timers.in(0, () -> ran.add("again"));
    await().until(again::isDone);
    await().until(() -> !runs());
    assertThat(ran).doesNotContain("never");
  }
}
