package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cutting against a HiveMQ that would rather not. */
class SessionCutterTest {

  private static final Identity DEVICE = Identity.parse(TestPki.deviceId("sensors", "d1"));

  private static final String ISSUING = "0a";

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LiveSessions sessions = new LiveSessions();
  private final ReluctantClients clients = new ReluctantClients();
  private final Later later = new Later(timer);
  private final SessionCutter cutter = new SessionCutter(
      sessions, clients, new StoredSessions(clients, later), later, new SessionLog());
  private final FakePermissions permissions = new FakePermissions();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private static FeedSnapshot snapshot(Denial... denials) {
    FeedSnapshot snapshot = FeedSnapshot.NONE.with(
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
        Instant.EPOCH);
    for (Denial denial : denials) {
      long next = snapshot.sequence() + 1;
      snapshot = snapshot.with(
          new FeedPage(
              "feed-1",
              TestPki.TRUST_DOMAIN,
              next,
              List.of(new FeedEntry(next, null, null, denial, null))),
          Instant.EPOCH);
    }
    return snapshot;
  }

  private static Denial suspension() {
    return Denial.ofIdentity(DEVICE, "suspended");
  }

  private LiveSession connecting(String serial) {
    Presented presented = new Presented(
        DEVICE, new BigInteger(serial, 16), Instant.MAX.getEpochSecond(), List.of(ISSUING));
    return sessions.register("d1", presented, InetAddress.getLoopbackAddress(), permissions);
  }

  private LiveSession admitted(String serial) {
    LiveSession session = connecting(serial);
    assertThat(sessions.admit(session, List.of())).isTrue();
    return session;
  }

  @Test
  void itAsksUntilTheSessionIsGone() {
    LiveSession session = admitted("a");
    cutter.changed(snapshot(), snapshot(suspension()));
    assertThat(permissions.getDefaultBehaviour()).isEqualTo(DefaultAuthorizationBehaviour.DENY);
    await().until(() -> clients.asked.size() > 3);
    sessions.remove(session);
    int asked = clients.asked.size();
    await()
        .during(Duration.ofMillis(200))
        .until(() -> clients.asked.size() <= asked + 1); // one may have been on its way
    assertThat(clients.asked)
        .allMatch(
            a -> a.equals("d1 ADMINISTRATIVE_ACTION without will: this identity is suspended"));
  }

  @ParameterizedTest
  @CsvSource({
    "IDENTITY, revoked, REVOKED_IDENTITY, NOT_AUTHORIZED",
    "IDENTITY, retired, RETIRED, NOT_AUTHORIZED",
    "IDENTITY, suspended, SUSPENDED, ADMINISTRATIVE_ACTION",
    "IDENTITY, unheard-of, DENIED, NOT_AUTHORIZED",
    "SERIAL, revoked, REVOKED_CERTIFICATE, NOT_AUTHORIZED",
    "SERIAL, superseded, SUPERSEDED, ADMINISTRATIVE_ACTION",
    "SERIAL, unheard-of, DENIED, NOT_AUTHORIZED",
  })
  void eachDenialIsToldApart(
      Denial.Scope scope, String word, Refusal reason, DisconnectReasonCode code) {
    LiveSession session = admitted("a");
    String subject = scope == Denial.Scope.SERIAL ? "a" : DEVICE.spiffeId();
    cutter.changed(snapshot(), snapshot(new Denial(scope, subject, word, false, Instant.MAX)));
    assertThat(session.cutReason()).isEqualTo(reason);
    await().until(() -> !clients.asked.isEmpty());
    assertThat(clients.asked.get(0)).startsWith("d1 " + code + " without will: ");
  }

  @Test
  void aRetiredDeviceIsCutForThatAndNotForItsCertificatesThatWereRevokedWithIt() {
    LiveSession session = admitted("a");
    Denial retired = Denial.ofIdentity(DEVICE, "retired");
    Denial serial = Denial.ofSerial(BigInteger.valueOf(10), "revoked", Instant.MAX);
    cutter.changed(snapshot(), snapshot(serial, retired));
    assertThat(session.cutReason()).isEqualTo(Refusal.RETIRED);
  }

  @Test
  void aFleetThatWasRemovedIsToldApartFromOneNeverHeardOf() {
    LiveSession session = admitted("a");
    FleetPolicy removed = new FleetPolicy("sensors", "${device}", TopicGrants.NONE, true);
    cutter.changed(
        snapshot(),
        snapshot()
            .with(
                new FeedPage(
                    "feed-1",
                    TestPki.TRUST_DOMAIN,
                    9,
                    List.of(new FeedEntry(9, removed, null, null, null))),
                Instant.EPOCH));
    assertThat(session.cutReason()).isEqualTo(Refusal.REMOVED_FLEET);
    LiveSession other = admitted("b");
    cutter.changed(snapshot(), FeedSnapshot.NONE);
    assertThat(other.cutReason()).isEqualTo(Refusal.UNKNOWN_FLEET);
  }

  @Test
  void whyItWasCutFirstIsWhatCounts() {
    LiveSession session = admitted("a");
    assertThat(cutter.cut(List.of(session), Refusal.EXPIRED)).isEqualTo(1);
    cutter.changed(snapshot(), snapshot(suspension()));
    assertThat(cutter.cut(List.of(session), Refusal.FEED_LOST)).isZero();
    assertThat(session.cutReason()).isEqualTo(Refusal.EXPIRED);
  }

  @Test
  void aSessionCutWhileItConnectsIsNotAdmitted() {
    LiveSession session = connecting("a");
    cutter.changed(snapshot(), snapshot(suspension()));
    assertThat(sessions.admit(session, List.of())).isFalse();
  }

  @Test
  void aNewerSessionThatMayStayIsNotDisconnectedInPlaceOfTheOlder() {
    LiveSession older = admitted("a");
    LiveSession newer = admitted("b");
    cutter.changed(
        snapshot(), snapshot(Denial.ofSerial(BigInteger.valueOf(10), "superseded", Instant.MAX)));
    assertThat(older.isCut()).isTrue();
    assertThat(newer.isCut()).isFalse();
    assertThat(sessions.isSuperseded(older)).isTrue();
    await().during(Duration.ofMillis(100)).until(() -> clients.asked.isEmpty());
    sessions.remove(newer);
    await().until(() -> !clients.asked.isEmpty());
  }

  @Test
  void whatIsNotDeniedIsLeftAlone() {
    LiveSession session = admitted("a");
    cutter.changed(
        snapshot(),
        snapshot(
            Denial.ofIdentity(Identity.parse(TestPki.deviceId("sensors", "d2")), "suspended")));
    assertThat(session.isCut()).isFalse();
    assertThat(clients.asked).isEmpty();
  }
}
