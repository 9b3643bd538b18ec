package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.FeedPage;
import io.mintmark.identity.Identity;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that end because time has passed, whatever clocks do. */
class SessionClockTest {

  private static final Duration LONGEST_OUTAGE = Duration.ofDays(7);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Later later = new Later(timer);
  private final SettableClock clock = new SettableClock();
  private final LiveSessions sessions = new LiveSessions();
  private final ReluctantClients clients = new ReluctantClients();
  private final SessionCutter cutter = new SessionCutter(
      sessions, clients, new StoredSessions(clients, later), later, new SessionLog());
  private final FakeService service = new FakeService();
  private final SessionClock ends = ends(LONGEST_OUTAGE);
  private final Instant start = clock.instant();

  private final class FakeService implements SessionClock.Service {
    private FeedSnapshot snapshot = FeedSnapshot.NONE;
    private boolean silent;

    void heard() {
      snapshot = FeedSnapshot.NONE.with(
          new FeedPage("feed-1", TestPki.TRUST_DOMAIN, 0, List.of()), clock.instant());
      silent = false;
    }

    @Override
    public FeedSnapshot current() {
      return snapshot;
    }

    @Override
    public boolean isSilent() {
      return silent;
    }
  }

  private SessionClock ends(Duration longestOutage) {
    return new SessionClock(sessions, cutter, service, longestOutage, clock, later);
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private LiveSession session(String device, Instant notAfter) {
    Presented presented = new Presented(
        Identity.parse(TestPki.deviceId("sensors", device)),
        BigInteger.TEN,
        notAfter.getEpochSecond(),
        List.of("0a"));
    LiveSession session = sessions.register(
        device, presented, InetAddress.getLoopbackAddress(), new FakePermissions());
    assertThat(sessions.admit(session, List.of())).isTrue();
    return session;
  }

  @Test
  void aSessionClockWithItsCertificateAndNotSooner() {
    Instant end = start.truncatedTo(ChronoUnit.SECONDS).plusSeconds(600);
    LiveSession first = session("d1", end);
    LiveSession second = session("d2", end.plusSeconds(1));
    clock.advance(Duration.between(start, end));
    ends.look();
    assertThat(first.isCut()).as("the last moment is part of its life").isFalse();
    clock.advance(Duration.ofMillis(1));
    ends.look();
    assertThat(first.cutReason()).isEqualTo(Refusal.EXPIRED);
    assertThat(second.isCut()).isFalse();
    await()
        .until(() -> clients.asked.contains(
            "d1 MAXIMUM_CONNECT_TIME without will: the certificate is not valid now"));
    clock.advance(Duration.ofSeconds(1));
    ends.look();
    assertThat(second.isCut()).isTrue();
  }

  @Test
  void aRenewedDeviceStays() {
    LiveSession old = session("d1", start.plusSeconds(60));
    LiveSession renewed = session("d1", start.plusSeconds(600));
    clock.advance(Duration.ofSeconds(61));
    ends.look();
    assertThat(old.isCut()).isTrue();
    assertThat(renewed.isCut()).isFalse();
    await().during(Duration.ofMillis(50)).until(() -> clients.asked.isEmpty());
  }

  @Test
  void aClockThatIsSetBackAndForthCountsFromTheNextLookOn() {
    LiveSession session = session("d1", start.plusSeconds(60));
    clock.advance(Duration.ofDays(-365));
    ends.look();
    session("d2", start.minus(Duration.ofDays(364)));
    clock.advance(Duration.ofDays(365));
    ends.look();
    assertThat(session.isCut()).isFalse();
    clock.advance(Duration.ofDays(3650));
    ends.look();
    assertThat(session.isCut()).isTrue();
  }

  @Test
  void onlyWhereOneMayHaveEndedAreSessionsLookedAt() {
    session("d1", start.plusSeconds(60));
    LiveSession short1 = session("d2", start.plusSeconds(30));
    sessions.remove(short1);
    clock.advance(Duration.ofSeconds(45));
    assertThat(sessions.ended(clock.instant())).isEmpty();
    LiveSession short2 = session("d3", start.plusSeconds(50));
    clock.advance(Duration.ofSeconds(10));
    assertThat(sessions.ended(clock.instant())).containsExactly(short2);
    sessions.remove(short2);
    clock.advance(Duration.ofSeconds(10));
    assertThat(sessions.ended(clock.instant())).hasSize(1);
  }

  @Test
  void anOutageIsSurvivedForTheConfiguredTimeAndNoLonger() {
    service.heard();
    LiveSession session = session("d1", Instant.MAX);
    service.silent = true;
    clock.advance(LONGEST_OUTAGE);
    ends.look();
    assertThat(session.isCut()).isFalse();
    clock.advance(Duration.ofSeconds(1));
    ends(BrokerConfig.FOREVER).look();
    assertThat(session.isCut()).isFalse();
    try (LogLines log = new LogLines()) {
      ends.look();
      ends.look();
      assertThat(log.lines().stream().filter(l -> l.startsWith("WARN the service was last heard")))
          .singleElement()
          .asString()
          .endsWith("the 1 sessions there were are cut");
    }
    assertThat(session.cutReason()).isEqualTo(Refusal.FEED_LOST);
    await()
        .until(() -> clients.asked.contains("d1 SERVER_BUSY without will: the broker has not heard"
            + " for too long who may stay"));
  }

  @Test
  void aClockThatJumpsIsNoOutageWhileTheServiceAnswers() {
    service.heard();
    LiveSession session = session("d1", Instant.MAX);
    clock.advance(Duration.ofDays(30));
    ends.look();
    clock.advance(Duration.ofDays(-60));
    ends.look();
    assertThat(session.isCut()).isFalse();
    service.silent = true;
    ends.look();
    assertThat(session.cutReason()).isEqualTo(Refusal.FEED_LOST);
  }

  @Test
  void itLooksOnAndOn() {
    LiveSession session = session("d1", start.plusSeconds(60));
    ends.start();
    clock.advance(Duration.ofSeconds(61));
    await().until(session::isCut);
    LiveSession next = session("d2", start.plusSeconds(120));
    clock.advance(Duration.ofSeconds(60));
    await().until(next::isCut);
  }
}
