package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Faults in the middle of a CONNECT. */
class CertificateAuthenticatorTest {

  private final TestPki pki = new TestPki();
  private final LiveSessions sessions = new LiveSessions();
  private final FakeConnect connect =
      new FakeConnect("d1", pki.device("sensors", "d1").chain());
  private final FeedSnapshot snapshot = FeedSnapshot.NONE.with(
      new FeedPage(
          "feed-1",
          TestPki.TRUST_DOMAIN,
          1,
          List.of(new FeedEntry(
              1,
              new FleetPolicy("sensors", "${device}", TopicGrants.NONE, false),
              null,
              null,
              null))),
      Instant.now());

  private void connects(Supplier<FeedSnapshot> feed, SessionObserver observer) {
    new CertificateAuthenticator(
            new ConnectGate(ConnectRates.DEFAULT, System::nanoTime),
            new Admission(
                feed,
                new TrustDomain(TestPki.TRUST_DOMAIN),
                Duration.ofHours(1),
                Clock.systemUTC()),
            new ChainCheck(Trust.of(pki.anchors()), Clock.systemUTC()),
            sessions,
            observer)
        .onConnect(connect.input, connect.output);
  }

  /** The second question is asked of a session that is registered already. */
  @Test
  void whateverFailsWhileItIsJudgedRefusesAConnect() {
    for (Supplier<Throwable> fault : List.<Supplier<Throwable>>of(
        () -> new IllegalStateException("on purpose"),
        () -> new NoClassDefFoundError("on purpose"),
        () -> new StackOverflowError("on purpose"),
        () -> new OutOfMemoryError("on purpose"))) {
      for (int question : new int[] {1, 2}) {
        int[] asked = {0};
        connect.decided = null;
        try (LogLines log = new LogLines()) {
          connects(
              () -> {
                asked[0]++;
                if (asked[0] == question) {
                  throw CertificateAuthenticatorTest.<RuntimeException>sneaky(fault.get());
                }
                return snapshot;
              },
              SessionObserver.all(List.of(new SessionLog())));
          assertThat(log.lines())
              .anyMatch(l -> l.startsWith("INFO refused reason=failure device=spiffe://")
                  && l.contains("on purpose"));
        }
        assertThat(asked[0]).isEqualTo(question);
        assertThat(connect.decided).isEqualTo("SERVER_UNAVAILABLE");
        assertThat(connect.permissions.getDefaultBehaviour())
            .isEqualTo(DefaultAuthorizationBehaviour.DENY);
        assertThat(sessions.all()).isEmpty();
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable fault) throws T {
    throw (T) fault;
  }

  @Test
  void anObserverThatFailsDecidesNothing() {
    SessionObserver failing = new SessionObserver() {
      @Override
      public void admitted(LiveSession session) {
        throw new StackOverflowError("on purpose");
      }
    };
    boolean[] told = {false};
    SessionObserver next = new SessionObserver() {
      @Override
      public void admitted(LiveSession session) {
        told[0] = true;
      }
    };
    connects(() -> snapshot, SessionObserver.all(List.of(failing, next)));
    assertThat(connect.decided).isEqualTo("admitted");
    assertThat(sessions.all()).hasSize(1);
    assertThat(told[0]).isTrue();
  }
}
