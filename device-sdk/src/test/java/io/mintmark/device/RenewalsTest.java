package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.RenewalSchedule;
import io.mintmark.identity.RenewalWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When renewals happen, by a clock that only the test moves. */
class RenewalsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIFETIME = Duration.ofDays(7);

  private final TestPki pki = new TestPki();
  private final FakeTimers timers = new FakeTimers(START);
  private final FakeKeeper keeper = new FakeKeeper();
  private final FakeAdvisor advisor = new FakeAdvisor();
  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test", events);
  private final List<CompletableFuture<Void>> moves = new CopyOnWriteArrayList<>();
  private final Renewals renewals = new Renewals(
      keeper,
      advisor,
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
  void renewsWhenTheIssuerWouldLikeIt() throws Exception {
    renewals.open();
    Consumer<RenewalWindow> first = advisor.told;
    first.accept(new RenewalWindow(
        START.plus(Duration.ofDays(1)), START.plus(Duration.ofDays(1)).plusSeconds(60)));
    timers.advanceTo(START.plus(Duration.ofDays(1)).minusSeconds(1));
    assertThat(keeper.asked.get()).isZero();
    timers.advanceTo(START.plus(Duration.ofDays(1)).plusSeconds(60));
    keeper.answer(null);
    await().until(() -> moves.size() == 1);
    // What is said of the certificate before does not count any more; the new one is followed.
    assertThat(advisor.told).isNotSameAs(first);
    first.accept(new RenewalWindow(START, START.plusSeconds(1)));
    timers.advanceTo(START.plus(Duration.ofDays(4)));
    assertThat(keeper.asked.get()).isEqualTo(1);
    renewals.close();
    assertThat(advisor.told).isNull();
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
          Credential.trustManager(pki.anchors()));
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

  /** Knows what the test tells it. */
  private static final class FakeAdvisor implements Renewals.Advisor {
    private volatile Consumer<RenewalWindow> told;

    @Override
    public void follow(TlsCredential credential, Consumer<RenewalWindow> advised) {
      told = advised;
    }

    @Override
    public void stop() {
      told = null;
    }
  }
}
