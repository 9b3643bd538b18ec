package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalWindow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** When the service is asked for renewal information, by a clock that only the test moves. */
class RenewalAdviceTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final RenewalWindow WINDOW =
      new RenewalWindow(START.plusSeconds(100), START.plusSeconds(200));

  private final TestPki pki = new TestPki();
  private final FakeTimers timers = new FakeTimers(START);
  private final List<TlsCredential> asked = new CopyOnWriteArrayList<>();
  private final List<RenewalWindow> told = new CopyOnWriteArrayList<>();
  private volatile Optional<RenewalInfo> answer = info(WINDOW, Duration.ofHours(2));
  private volatile IOException failure;
  private final RenewalAdvice advice =
      new RenewalAdvice(this::answer, timers, new Random(1), "test");

  private Optional<RenewalInfo> answer(TlsCredential credential) throws IOException {
    asked.add(credential);
    if (failure != null) {
      throw failure;
    }
    return answer;
  }

  private static Optional<RenewalInfo> info(RenewalWindow window, Duration retryAfter) {
    return Optional.of(new RenewalInfo(window, retryAfter, null));
  }

  private TlsCredential credential(Duration lifetime) {
    return TlsCredential.stored(
        pki.operational("d-1", CertificateRequest.newKeyPair(), START, START.plus(lifetime))
            .credential(),
        Credential.trustManager(pki.anchors()));
  }

  /** Lets the time pass until one more question was asked and the one after it is planned. */
  private Duration untilAsked() {
    int before = asked.size();
    Instant from = timers.now();
    while (asked.size() == before) {
      timers.advanceTo(timers.next());
      if (timers.next() == null) {
        await().until(() -> timers.next() != null);
      }
    }
    return Duration.between(from, timers.now());
  }

  @Test
  void asksSoonAndThenWhenToldTo() {
    advice.follow(credential(Duration.ofDays(7)), told::add);

    assertThat(untilAsked()).isLessThan(Duration.ofHours(1));
    await().until(() -> told.equals(List.of(WINDOW)));
    assertThat(untilAsked()).isBetween(Duration.ofHours(2), Duration.ofMinutes(133));
    assertThat(told).as("the same window once").hasSize(1);
    RenewalWindow earlier = new RenewalWindow(START, START.plusSeconds(1));
    answer = info(earlier, Duration.ofMinutes(5));
    untilAsked();
    await().until(() -> told.equals(List.of(WINDOW, earlier)));
    assertThat(untilAsked()).isLessThan(Duration.ofMinutes(6));
  }

  @Test
  void asksAgainLaterWhenThereIsNoAnswer() {
    failure = new IOException("down");
    advice.follow(credential(Duration.ofHours(8)), told::add);
    untilAsked();
    assertThat(untilAsked()).isBetween(Duration.ofHours(2), Duration.ofMinutes(133));
    failure = null;
    answer = Optional.empty();
    assertThat(untilAsked()).isBetween(Duration.ofHours(2), Duration.ofMinutes(133));
    assertThat(told).isEmpty();
    answer = info(WINDOW, Duration.ofHours(2));
    untilAsked();
    await().until(() -> told.equals(List.of(WINDOW)));
  }

  @Test
  void asksAboutTheCredentialInUseAndAboutNoneWhenStopped() {
    TlsCredential next = credential(Duration.ofDays(7));
    advice.follow(credential(Duration.ofDays(7)), told::add);
    advice.follow(next, told::add);
    untilAsked();
    assertThat(asked).containsExactly(next);
    advice.stop();
    assertThat(timers.next()).isNull();
  }
}
