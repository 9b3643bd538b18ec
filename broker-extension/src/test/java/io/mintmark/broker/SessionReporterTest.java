package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Identity;
import io.mintmark.identity.SessionEvent;
import io.mintmark.identity.SessionEvent.Kind;
import io.mintmark.identity.SessionReport;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reporting to a service that is there, away, or forgetful. */
class SessionReporterTest {

  private static final int ROOM = 50;
  private static final SessionReporter.Pace QUICK =
      new SessionReporter.Pace(Duration.ofMillis(20), Duration.ofMillis(200));

  private final LiveSessions sessions = new LiveSessions();
  private final ListeningService service = new ListeningService();
  private final SessionReporter reporter = new SessionReporter(sessions, service, QUICK, ROOM);

  @AfterEach
  void stop() {
    reporter.close();
  }

  private LiveSession admitted(int device) {
    Identity identity = Identity.parse(TestPki.deviceId("sensors", "d-" + device));
    LiveSession session = sessions.register(
        "d-" + device,
        new Presented(
            identity, BigInteger.valueOf(device), Instant.MAX.getEpochSecond(), List.of()),
        InetAddress.getLoopbackAddress(),
        new FakePermissions());
    assertThat(sessions.admit(session, List.of())).isTrue();
    reporter.admitted(session);
    return session;
  }

  private void left(LiveSession session, String how) {
    session.end(how);
    sessions.remove(session);
    reporter.ended(session);
  }

  private void awaitRight() {
    Set<Long> live = sessions.all().stream().map(LiveSession::number).collect(Collectors.toSet());
    await().untilAsserted(() -> assertThat(service.live).isEqualTo(live));
  }

  @Test
  void tellsInOrderAndThatItIsThere() {
    reporter.start();
    LiveSession first = admitted(1);
    admitted(2);
    left(first, "lost");
    await().until(() -> service.events().size() == 3);
    assertThat(service.events())
        .extracting(e -> e.kind() + " " + e.connection() + " " + e.reason())
        .containsExactly("CONNECTED 1 null", "CONNECTED 2 null", "ENDED 1 lost");
    int told = service.reports.size();
    await().until(() -> service.reports.size() >= told + 2);
    assertThat(service.reports)
        .extracting(SessionReport::sequence)
        .startsWith(1L, 2L, 3L)
        .isSorted();
    assertThat(service.reports).extracting(SessionReport::run).containsOnly(service.run());
  }

  @Test
  void whatIsTakenOverSaysByWhat() {
    reporter.start();
    LiveSession first = admitted(1);
    admitted(1);
    left(first, SessionEvent.TAKEN_OVER);
    await().until(() -> service.events().size() == 3);
    assertThat(service.events().get(2).bySerial()).isEqualTo("1");
    assertThat(service.events().get(2).byAddress()).isEqualTo("127.0.0.1");
  }

  @Test
  void whenTheServiceIsAwayWhatFitsIsKeptAndAListPutsTheRestRight() {
    service.away(true);
    reporter.start();
    List<LiveSession> early = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      early.add(admitted(i));
    }
    await().until(() -> service.attempts() > 0);
    long began = System.nanoTime();
    for (int i = 0; i < 3000; i += 2) {
      left(early.get(i), "lost");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("nobody waits for a service that is away, let alone 1,500 times")
        .isLessThan(Duration.ofSeconds(30));
    assertThat(service.reports).isEmpty();
    service.away(false);
    awaitRight();
    assertThat(service.live).hasSize(1500);
    // The list may come before what was kept.
    await()
        .untilAsserted(() -> assertThat(
                service.events().stream().filter(e -> e.kind() == Kind.ENDED).count())
            .isBetween(ROOM - 1L, 2L * ROOM));
  }

  @Test
  void anAnswerThatGotLostIsAskedForAgainWithTheSameSequence() {
    service.loseAnswers(2);
    reporter.start();
    admitted(1);
    awaitRight();
    await()
        .until(() -> service.reports.stream().filter(r -> r.sequence() == 1).count() == 3
            && service.reports.stream().anyMatch(r -> r.sequence() == 2));
  }

  @Test
  void aServiceThatMissedSomethingGetsAList() {
    reporter.start();
    admitted(1);
    awaitRight();
    service.forget();
    awaitRight();
  }

  @Test
  void aReportThatIsOfNoUseDoesNotHoldTheOthersUp() {
    SessionReporter other = new SessionReporter(
        sessions,
        (report, timeout) -> {
          service.report(report, timeout);
          throw new UselessReportException("no");
        },
        QUICK,
        ROOM);
    other.start();
    await().until(() -> !service.reports.isEmpty());
    other.close();
    assertThat(service.reports)
        .extracting(SessionReport::sequence)
        .as("none is sent twice")
        .doesNotHaveDuplicates();
  }

  @Test
  void whoStopsSaysThatNobodyIsHere() {
    reporter.start();
    admitted(1);
    awaitRight();
    reporter.close();
    assertThat(service.live).isEmpty();
  }

  @Test
  void aSupersededCertificateIsToldOnceAMinute() {
    ShownAgain shown = new ShownAgain();
    RefusedConnect superseded = refused("a", Refusal.SUPERSEDED, "superseded");
    assertThat(shown.isWorthTelling(superseded, 0)).isTrue();
    assertThat(shown.isWorthTelling(superseded, TimeUnit.SECONDS.toNanos(59))).isFalse();
    assertThat(shown.isWorthTelling(superseded, TimeUnit.SECONDS.toNanos(60))).isTrue();
    assertThat(shown.isWorthTelling(refused("b", Refusal.REVOKED_CERTIFICATE, "revoked"), 0))
        .isFalse();
    assertThat(shown.isWorthTelling(refused("b", Refusal.RETIRED, "retired"), 0))
        .isFalse();
    for (int i = 0; i < 5000; i++) {
      assertThat(shown.isWorthTelling(refused("s" + i, Refusal.SUPERSEDED, "superseded"), 0))
          .isTrue();
    }
  }

  private static RefusedConnect refused(String serial, Refusal reason, String detail) {
    return new RefusedConnect(
        reason, TestPki.deviceId("sensors", "d-1"), serial, "d-1", "127.0.0.1", detail);
  }

  /** Keeps what it is told, as the service would. */
  private static final class ListeningService implements SessionReporter.Service {

    final List<SessionReport> reports = new CopyOnWriteArrayList<>();
    final Set<Long> live = Collections.synchronizedSet(new TreeSet<>());
    final Set<Long> listed = new TreeSet<>();
    private boolean away;
    private boolean wantsList;
    private int loseAnswers;
    private int attempts;
    private long taken;

    synchronized void away(boolean now) {
      away = now;
    }

    synchronized void forget() {
      live.clear();
      wantsList = true;
    }

    synchronized void loseAnswers(int many) {
      loseAnswers = many;
    }

    synchronized int attempts() {
      return attempts;
    }

    @Override
    public synchronized SessionReport.Answer report(SessionReport report, Duration timeout)
        throws IOException {
      attempts++;
      if (away) {
        throw new IOException("nobody there");
      }
      reports.add(report);
      if (report.sequence() > taken) {
        taken = report.sequence();
        take(report);
      }
      if (loseAnswers > 0) {
        loseAnswers--;
        throw new IOException("the answer got lost");
      }
      boolean list = wantsList;
      wantsList = false;
      return new SessionReport.Answer(list);
    }

    private void take(SessionReport report) {
      for (SessionEvent event : report.events()) {
        if (event.kind() == Kind.CONNECTED) {
          live.add(event.connection());
          listed.add(event.connection());
        } else {
          live.remove(event.connection());
        }
      }
      if (report.listing() == null) {
        listed.clear();
      } else if (report.last()) {
        live.retainAll(listed);
        listed.clear();
      }
    }

    String run() {
      return reports.get(0).run();
    }

    List<SessionEvent> events() {
      return reports.stream().flatMap(r -> r.events().stream()).toList();
    }
  }
}
