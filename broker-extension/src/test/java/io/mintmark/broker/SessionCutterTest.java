package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.services.exception.RateLimitExceededException;
import com.hivemq.extension.sdk.api.services.general.IterationCallback;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import com.hivemq.extension.sdk.api.services.session.SessionInformation;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
    Presented presented = new Presented(DEVICE, serial, Instant.MAX, List.of(ISSUING));
    return sessions.register("d1", presented, "127.0.0.1", permissions);
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
    assertThat(clients.asked).allMatch(a -> a.equals("d1 ADMINISTRATIVE_ACTION without will"));
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

  @Test
  void theStoredSessionGoesWithTheRevocationNotWithTheSuspension() {
    Denial revocation = Denial.ofIdentity(DEVICE, "revoked");
    cutter.changed(snapshot(), snapshot(suspension()));
    await().during(Duration.ofMillis(100)).until(() -> clients.invalidated.isEmpty());
    cutter.changed(snapshot(suspension()), snapshot(suspension(), revocation));
    await().until(() -> clients.invalidated.contains("d1"));
    cutter.changed(snapshot(revocation), snapshot(revocation));
    await().during(Duration.ofMillis(100)).until(() -> clients.invalidated.size() == 1);
  }

  /** Answers each of the ways in which HiveMQ does not disconnect. */
  private static final class ReluctantClients implements ClientService {

    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<String> invalidated = new CopyOnWriteArrayList<>();

    @Override
    public CompletableFuture<Boolean> disconnectClient(
        String clientId, boolean preventWill, DisconnectReasonCode code, String reason) {
      asked.add(clientId + " " + code + (preventWill ? " without will" : ""));
      return switch (asked.size() % 3) {
        case 0 -> CompletableFuture.completedFuture(true);
        case 1 -> CompletableFuture.failedFuture(new RateLimitExceededException());
        default -> CompletableFuture.completedFuture(false);
      };
    }

    @Override
    public CompletableFuture<Boolean> disconnectClient(String clientId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Boolean> disconnectClient(String clientId, boolean preventWill) {
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletableFuture<Boolean> isClientConnected(String clientId) {
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletableFuture<Optional<SessionInformation>> getSession(String clientId) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<Boolean> invalidateSession(String clientId) {
      invalidated.add(clientId);
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletableFuture<Void> iterateAllClients(
        IterationCallback<SessionInformation> callback) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> iterateAllClients(
        IterationCallback<SessionInformation> callback, Executor executor) {
      throw new UnsupportedOperationException();
    }
  }
}
