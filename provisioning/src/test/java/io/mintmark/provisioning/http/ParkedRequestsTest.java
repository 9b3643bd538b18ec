package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.limits.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class ParkedRequestsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final ParkedRequests parked =
      new ParkedRequests(Runnable::run, new Limits.Feed(2000, 1500));

  @Test
  void wakesAllAtOnce() {
    List<CompletableFuture<Void>> requests = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      requests.add(parked.until("broker", () -> false, LONG, () -> answers.add("woken")));
    }
    assertThat(parked.count()).isEqualTo(1000);
    parked.wakeAll();
    assertThat(requests).allMatch(CompletableFuture::isDone);
    assertThat(answers).hasSize(1000);
    assertThat(parked.count()).isZero();
  }

  @Test
  void answersAtOnceWhatHappenedWhileItJoined() {
    assertThat(parked.until("broker", () -> true, LONG, () -> answers.add("ready")))
        .isDone();
    assertThat(answers).containsExactly("ready");
    assertThat(parked.count()).isZero();
  }

  @Test
  void answersWhenTheWaitIsOver() {
    CompletableFuture<Void> request =
        parked.until("broker", () -> false, Duration.ofMillis(20), () -> answers.add("over"));
    await().until(request::isDone);
    assertThat(answers).containsExactly("over");
    assertThat(parked.count()).isZero();
  }

  @Test
  void missesNothingThatHappensMeanwhile() throws Exception {
    AtomicLong head = new AtomicLong();
    Thread writer = new Thread(() -> {
      for (int i = 0; i < 20_000; i++) {
        head.incrementAndGet();
        parked.wakeAll();
      }
    });
    writer.start();
    long seen = 0;
    while (seen < 20_000) {
      long after = seen;
      parked.until("broker", () -> head.get() > after, LONG, () -> {}).get();
      seen = head.get();
    }
    writer.join();
  }

  @Test
  void passesARefusalOn() {
    CompletableFuture<Void> request = parked.until("broker", () -> true, LONG, () -> {
      throw new Refusal(Refusal.Kind.FORBIDDEN, "no");
    });
    Assertions.assertThatThrownBy(request::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(Refusal.class);
  }

  @Test
  void sendsEverybodyAwayWhenClosed() {
    CompletableFuture<Void> before =
        parked.until("broker", () -> false, LONG, () -> answers.add("never"));
    parked.close();
    CompletableFuture<Void> after =
        parked.until("broker", () -> true, LONG, () -> answers.add("never"));
    assertThat(before).isCompletedExceptionally();
    assertThat(after).isCompletedExceptionally();
    assertThat(answers).isEmpty();
    assertThat(parked.count()).isZero();
  }
}
