package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.RenewalSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When renewals happen, by a clock that only the test moves. */
class RenewalsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIFETIME = Duration.ofDays(7);

  private final TestPki pki = new TestPki();
  private final FakeTimers timers = new FakeTimers();
  private final FakeKeeper keeper = new FakeKeeper();
  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test", events);
  private final List<CompletableFuture<Void>> moves = new CopyOnWriteArrayList<>();
  private final Renewals renewals = new Renewals(
      keeper,
      new RenewalSchedule(new Random(1)),
      Backoff.refused(Duration.ofMinutes(1), Duration.ofHours(1), new Random(1)),
      timers,
      callbacks,
      "test",
      moves::add);

  @AfterEach
  void close() throws InterruptedException {
    callbacks.close(Duration.ofSeconds(1));
  }

  @Test
  void renewsAtTwoThirdsOfTheLifetime() throws Exception {
    renewals.open();
    timers.advanceTo(START.plus(Duration.ofDays(4)));
    assertThat(keeper.asked.get()).isZero();
    timers.advanceTo(START.plus(Duration.ofDays(5)).plus(Duration.ofHours(12)));
    keeper.answer(null);
    await().until(() -> events.names.isEmpty() && moves.size() == 1);
    // The new one has its own two thirds.
    timers.advanceTo(START.plus(Duration.ofDays(9)));
    assertThat(keeper.asked.get()).isEqualTo(1);
    timers.advanceTo(START.plus(Duration.ofDays(11)));
    keeper.answer(null);
    assertThat(keeper.asked.get()).isEqualTo(2);
  }

  @Test
  void triesAgainUntilItWorks() throws Exception {
    renewals.open();
    timers.advanceTo(START.plus(Duration.ofDays(6)));
    keeper.answer(new RetryLaterException("down"));
    await().until(() -> events.count("renewalFailed") == 1);
    assertThat(Duration.between(timers.now(), timers.next())).isLessThan(Duration.ofSeconds(3));
    timers.advanceTo(timers.next());
    keeper.answer(new RetryLaterException("busy", Duration.ofMinutes(5), null));
    await().until(() -> events.count("renewalFailed") == 2);
    assertThat(Duration.between(timers.now(), timers.next()))
        .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
    timers.advanceTo(timers.next());
    keeper.answer(null);
    await().until(() -> moves.size() == 1);
  }

  @Test
  void doesNotHammerWhoRefuses() throws Exception {
    renewals.open();
    timers.advanceTo(START.plus(Duration.ofDays(6)));
    keeper.answer(new RefusedException("revoked"));
    await().until(() -> events.names.equals(List.of("renewalFailed", "refused")));
    assertThat(Duration.between(timers.now(), timers.next()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void neverTwoAtOnce() throws Exception {
    renewals.open();
    CompletableFuture<Void> asked = renewals.renewNow();
    timers.advanceTo(START.plus(Duration.ofDays(6)));
    assertThat(renewals.renewNow()).isSameAs(asked);
    keeper.answer(null);
    await().until(() -> moves.size() == 1);
    assertThat(keeper.asked.get()).isEqualTo(1);
    assertThat(moves.get(0)).isSameAs(asked);
    assertThat(timers.next()).isNotNull();
  }

  @Test
  void doesNothingBeforeItIsOpenOrAfterItIsClosed() {
    renewals.credentialChanged();
    assertThat(timers.next()).isNull();
    renewals.open();
    assertThat(timers.next()).isNotNull();
    renewals.close();
    assertThat(timers.next()).isNull();
  }

  @Test
  void looksAtTheClockNowAndThenInCaseItIsSet() {
    renewals.open();
    assertThat(timers.next()).isEqualTo(START.plus(Timers.LONGEST_SLEEP));
  }

  private final class FakeKeeper implements Renewals.Keeper {
    private final LinkedBlockingQueue<Optional<DeviceException>> answers =
        new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Boolean> answered = new LinkedBlockingQueue<>();
    private volatile TlsCredential current = credential(START);
    final AtomicInteger asked = new AtomicInteger();

    private TlsCredential credential(Instant from) {
      return TlsCredential.stored(
          pki.operational("d-1", CertificateRequest.newKeyPair(), from, from.plus(LIFETIME))
              .credential(),
          pki.anchors());
    }

    /** How the renewal under way ends; null if well. */
    void answer(DeviceException failure) throws InterruptedException {
      answers.add(Optional.ofNullable(failure));
      assertThat(answered.poll(10, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public Optional<TlsCredential> current() {
      return Optional.of(current);
    }

    @Override
    public TlsCredential renew() throws DeviceException {
      try {
        asked.incrementAndGet();
        Optional<DeviceException> failure = answers.take();
        if (failure.isPresent()) {
          throw failure.get();
        }
        current = credential(timers.now());
        return current;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        answered.add(true);
      }
    }
  }

  private static final class FakeTimers implements Timers {
    private record Alarm(Instant at, Runnable task, CompletableFuture<Void> future) {}

    private final List<Alarm> alarms = new ArrayList<>();
    private Instant now = START;

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
}
