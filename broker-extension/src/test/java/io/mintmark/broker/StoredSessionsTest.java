package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which sessions HiveMQ is told to forget, and what that costs. */
class StoredSessionsTest {

  private static final FeedSnapshot BEFORE = FeedSnapshot.NONE.with(
      page(
          new FeedEntry(1, fleet("sensors", "${device}", false), null, null, null),
          new FeedEntry(2, fleet("gateways", "${device}:*", false), null, null, null),
          new FeedEntry(3, null, application("shared", false), null, null)),
      Instant.EPOCH);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ReluctantClients clients = new ReluctantClients();
  private final StoredSessions stored = new StoredSessions(clients, new Later(timer));

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private static FleetPolicy fleet(String fleet, String clientId, boolean removed) {
    return new FleetPolicy(fleet, clientId, TopicGrants.NONE, removed);
  }

  private static ApplicationPolicy application(String name, boolean removed) {
    return new ApplicationPolicy(name, TopicGrants.NONE, removed);
  }

  private static FeedPage page(FeedEntry... entries) {
    long head = entries[entries.length - 1].sequence();
    return new FeedPage("feed-1", TestPki.TRUST_DOMAIN, head, List.of(entries));
  }

  private static Denial denial(String fleet, String device, String reason) {
    return Denial.ofIdentity(Identity.parse(TestPki.deviceId(fleet, device)), reason);
  }

  private static FeedSnapshot denying(FeedSnapshot before, Denial... denials) {
    List<FeedEntry> entries = new ArrayList<>();
    for (Denial denial : denials) {
      long next = before.sequence() + 1 + entries.size();
      entries.add(new FeedEntry(next, null, null, denial, null));
    }
    return before.with(page(entries.toArray(FeedEntry[]::new)), Instant.EPOCH);
  }

  private void forgotten(String... clientIds) {
    await().untilAsserted(() -> assertThat(clients.invalidated).contains(clientIds));
    await()
        .during(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(clients.invalidated).containsOnly(clientIds));
  }

  @Test
  void aSessionGoesWithTheRevocationNotWithTheSuspension() {
    FeedSnapshot suspended = denying(BEFORE, denial("sensors", "d1", "suspended"));
    stored.changed(BEFORE, suspended);
    forgotten();
    FeedSnapshot revoked = denying(suspended, denial("sensors", "d1", "revoked"));
    stored.changed(suspended, revoked);
    stored.changed(revoked, denying(revoked, denial("sensors", "d2", "retired")));
    forgotten("d1", "d2");
    assertThat(clients.invalidated).hasSize(2);
    assertThat(clients.walks).as("no suffixes, no walk").hasValue(0);
  }

  @Test
  void allClientsAreWalkedOnceForAllDevicesOfASnapshot() {
    clients.stored.addAll(
        List.of("g1", "g1:a", "g1:b", "g2:a", "g3:a", "g1x:a", "g1/a", "d1:a", "shared"));
    stored.changed(
        BEFORE,
        denying(
            BEFORE,
            denial("gateways", "g1", "revoked"),
            denial("gateways", "g2", "revoked"),
            denial("gateways", "g3", "suspended"),
            denial("sensors", "d1", "revoked")));
    forgotten("g1", "g1:a", "g1:b", "g2", "g2:a", "d1");
    assertThat(clients.walks).hasValue(1);
  }

  @Test
  void theSessionOfAnApplicationIsNotADevicesOfItsName() {
    clients.stored.addAll(List.of("shared", "shared:1"));
    stored.changed(BEFORE, denying(BEFORE, denial("gateways", "shared", "revoked")));
    forgotten("shared:1");
  }

  @Test
  void suffixesOfAFleetThatWasRemovedAreKnownAllTheSame() {
    clients.stored.add("g1:a");
    FeedSnapshot removed = BEFORE.with(
        page(new FeedEntry(9, fleet("gateways", "${device}:*", true), null, null, null)),
        Instant.EPOCH);
    stored.changed(BEFORE, removed);
    forgotten();
    stored.changed(removed, denying(removed, denial("gateways", "g1", "revoked")));
    forgotten("g1", "g1:a");
  }

  @Test
  void theSessionOfARemovedApplicationGoes() {
    FeedSnapshot removed = BEFORE.with(
        page(new FeedEntry(9, null, application("shared", true), null, null)), Instant.EPOCH);
    stored.changed(BEFORE, removed);
    stored.changed(removed, denying(removed, denial("sensors", "d1", "suspended")));
    forgotten("shared");
    assertThat(clients.invalidated).hasSize(1);
  }

  @Test
  void aSweepFindsWhatACrashLeft() {
    clients.stored.addAll(List.of("d1", "d2", "d3", "g1:a"));
    stored.sweep(denying(
        BEFORE,
        denial("sensors", "d1", "revoked"),
        denial("sensors", "d2", "suspended"),
        denial("gateways", "g1", "retired"),
        denial("sensors", "absent", "revoked")));
    forgotten("d1", "g1:a");
    assertThat(clients.walks).hasValue(1);
  }
}
