package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedMemory;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.Patience;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Following a feed over real mutual TLS, through its ends and its returns. */
class FeedFollowerIT {

  @TempDir
  Path folder;

  private final SettableClock clock = new SettableClock();
  private final List<FeedSnapshot> inForce = Collections.synchronizedList(new ArrayList<>());
  private World world;
  private FakeFeed feed;
  private FeedFollower follower;

  @BeforeEach
  void start() throws Exception {
    world = new World(folder);
    feed = world.feed;
  }

  @AfterEach
  void stop() throws Exception {
    if (follower != null) {
      follower.close();
    }
    world.close();
  }

  private BrokerState state() throws StartRefusedException {
    return BrokerState.load(settings(), clock);
  }

  private ExtensionSettings settings() {
    return new ExtensionSettings(folder, feed.uri(), Duration.ofHours(1));
  }

  private void follow() throws Exception {
    if (follower != null) {
      follower.close();
    }
    BrokerState state = state();
    follower = new FeedFollower(
        new FeedClient(feed.uri(), state.credential(), state.trust().anchors()),
        new SnapshotFile(settings().snapshot()),
        state,
        clock,
        (before, after) -> inForce.add(after));
    follower.start();
    follower.awaitFirstAnswer(Patience.LONGEST);
  }

  private boolean knows(String fleet) {
    return follower.current().fleet(new FleetId(fleet)).isPresent();
  }

  @Test
  void theFirstReadingIsInForceOnlyWhenItIsComplete() throws Exception {
    feed.deny(TestPki.deviceId("sensors", "d1"), "revoked");
    feed.pageSize(1);
    follow();
    assertThat(inForce).hasSize(1);
    assertThat(inForce.get(0).fleets()).hasSize(2);
    assertThat(inForce.get(0).applications()).hasSize(2);
    assertThat(inForce.get(0).deniedIdentities()).hasSize(1);
  }

  @Test
  void newsArriveWhileTheRequestIsParked() throws Exception {
    follow();
    await().until(() -> feed.requests().contains("after=4 wait=30"));
    feed.fleet("valves", "a/${device}", "b/${device}");
    await().until(() -> knows("valves"));
    assertThat(state().snapshot().fleets()).as("on disk").containsKey("valves");
  }

  @Test
  void aLostServiceIsFoundAgain() throws Exception {
    try (LogLines log = new LogLines()) {
      follow();
      feed.stop();
      await().until(() -> log.lines().stream().anyMatch(l -> l.startsWith("WARN the feed is not")));
      feed.fleet("valves", "a/${device}", "b/${device}");
      feed.start();
      await().until(() -> knows("valves"));
      await().until(() -> log.lines().contains("INFO the feed is heard again"));
    }
  }

  @Test
  void onlyWhatIsNewIsReadAfterARestart() throws Exception {
    follow();
    feed.fleet("valves", "a/${device}", "b/${device}");
    follow();
    assertThat(knows("sensors")).isTrue();
    assertThat(knows("valves")).isTrue();
    assertThat(feed.requests()).filteredOn(r -> r.startsWith("after=0 ")).hasSize(1);
  }

  @Test
  void manyPagesAreInForceOneByOneAndOnDiskAtTheEnd() throws Exception {
    follow();
    int before = inForce.size();
    feed.pageSize(50);
    feed.together(() -> {
      for (int i = 0; i < 2_000; i++) {
        feed.deny(TestPki.deviceId("sensors", "many-" + i), "revoked");
      }
    });
    await().until(() -> follower.current().deniedIdentities().size() == 2_000);

    assertThat(inForce.subList(before, inForce.size()))
        .as("a page at a time")
        .hasSizeGreaterThanOrEqualTo(40)
        .isSortedAccordingTo(Comparator.comparingLong(FeedSnapshot::sequence));
    await().until(() -> state().snapshot().deniedIdentities().size() == 2_000);
  }

  @Test
  void aFeedThatWentBackwardsIsReadAgainAndItsDenialsAreKept() throws Exception {
    feed.deny(TestPki.deviceId("sensors", "d1"), "revoked");
    feed.deny(TestPki.deviceId("sensors", "d2"), "revoked");
    follow();
    try (LogLines log = new LogLines()) {
      feed.stop();
      feed.forgetEverything("feed-1");
      feed.fleet("valves", "a/${device}", "b/${device}");
      feed.deny(Denial.ofIdentity(Identity.parse(TestPki.deviceId("sensors", "d2")), "revoked")
          .lift());
      feed.start();
      await().until(() -> knows("valves"));
      assertThat(log.lines())
          .anyMatch(l -> l.startsWith("ERROR THE FEED WENT BACKWARDS: it ends before 6"));
    }
    assertThat(knows("sensors")).isFalse();
    assertThat(follower.current().deniedIdentities())
        .containsOnlyKeys(TestPki.deviceId("sensors", "d1"));
    assertThat(inForce)
        .as("never a state without the denials")
        .allSatisfy(
            s -> assertThat(s.deniedIdentities()).containsKey(TestPki.deviceId("sensors", "d1")));
  }

  @Test
  void aServiceThatLostSomethingIsToldItAndAllHoldsOnUntilItHasIt() throws Exception {
    String revoked = TestPki.deviceId("sensors", "d1");
    feed.deny(revoked, "revoked");
    for (int i = 0; i < 400; i++) {
      feed.deny(TestPki.deviceId("sensors", "d-" + i), "revoked");
    }
    follow();
    try (LogLines log = new LogLines()) {
      feed.stop();
      feed.forgetEverything("feed-1");
      feed.lost(true);
      feed.failAt(1);
      feed.start();
      await().until(() -> feed.memories().stream().anyMatch(FeedMemory::last));
      await().until(() -> log.lines().stream().anyMatch(l -> l.contains("answered 503: wait")));
      assertThat(log.lines())
          .filteredOn(l -> l.startsWith("ERROR THE FEED WENT BACKWARDS: tell"))
          .hasSize(1);
    }
    List<FeedMemory> parts = feed.memories();
    assertThat(parts).hasSizeGreaterThan(1).allSatisfy(part -> {
      assertThat(part.place()).isEqualTo("place-feed-1");
      assertThat(FeedJson.MAPPER.writeValueAsBytes(part)).hasSizeLessThan(64 * 1024);
    });
    int told = 0;
    for (FeedMemory part : parts) {
      assertThat(part.from()).isEqualTo(told);
      told += part.entries().size();
    }
    // Two fleets, two applications.
    assertThat(told).isEqualTo(405);
    assertThat(knows("sensors")).isTrue();
    assertThat(follower.current().deniedIdentities()).containsKey(revoked);

    feed.fleet("valves", "a/${device}", "b/${device}");
    feed.lost(false);
    await().until(() -> knows("valves"));
    assertThat(knows("sensors")).isFalse();
    assertThat(follower.current().deniedIdentities()).containsKey(revoked);
  }

  @Test
  void anotherRegistryIsNotTakenForTheSame() throws Exception {
    feed.deny(TestPki.deviceId("sensors", "d1"), "revoked");
    follow();
    try (LogLines log = new LogLines()) {
      feed.stop();
      feed.forgetEverything("feed-2");
      for (String fleet : List.of("a", "b", "c", "d", "e", "f", "g")) {
        feed.fleet(fleet, "a/${device}", "b/${device}");
      }
      feed.start();
      await().until(() -> knows("g"));
      assertThat(log.lines())
          .anyMatch(l -> l.contains("BACKWARDS: it is now feed-2, no longer feed-1"));
    }
    assertThat(follower.current().fleets()).containsOnlyKeys("a", "b", "c", "d", "e", "f", "g");
    assertThat(follower.current().deniedIdentities()).hasSize(1);
  }

  @Test
  void theFeedOfAnotherTrustDomainIsNotUsed() throws Exception {
    feed.trustDomain("example.net");
    try (LogLines log = new LogLines()) {
      follow();
      assertThat(log.lines())
          .anyMatch(l -> l.contains("the service is of trust domain example.net"));
    }
    assertThat(follower.current()).isSameAs(FeedSnapshot.NONE);
  }

  @Test
  void anUnreadablePageChangesNothing() throws Exception {
    follow();
    FeedSnapshot before = follower.current();
    try (LogLines log = new LogLines()) {
      feed.broken("{\"feedId\":\"feed-1\",\"trustDomain\":\"example.org\",\"head\":9,"
          + "\"entries\":[{\"sequence\":9,\"novelty\":{}}]}");
      await().until(() -> log.lines().stream().anyMatch(l -> l.contains("may be newer than this")));
      feed.broken(null);
      feed.fleet("valves", "a/${device}", "b/${device}");
      await().until(() -> knows("valves"));
    }
    assertThat(before.fleets()).hasSize(2);
  }

  @Test
  void aServiceWithoutOurTrustIsNotListenedTo() throws Exception {
    HeldCertificate other =
        HeldCertificate.builder().commonName("other").authority(1).build();
    Files.writeString(folder.resolve("trust.pem"), Pem.encode(List.of(other.certificate())));
    follow();
    assertThat(follower.current()).isSameAs(FeedSnapshot.NONE);
    assertThat(feed.requests()).isEmpty();
  }

  @Test
  void theBundleReplacesTheTrustAtOnceAndAfterARestart() throws Exception {
    follow();
    HeldCertificate other =
        HeldCertificate.builder().commonName("other").authority(1).build();
    feed.bundle(List.of(world.pki.root.certificate(), other.certificate()));
    await().until(() -> follower.current().bundle() != null);
    assertThat(state().trust().anchors()).hasSize(2);
  }

  @Test
  void whenItWasHeardIsKeptWithoutWritingEachTime() throws Exception {
    follow();
    clock.advance(Duration.ofSeconds(10));
    follow();
    assertThat(state().snapshot().heardAt()).isEqualTo(clock.instant().minusSeconds(10));
    assertThat(follower.current().heardAt()).isEqualTo(clock.instant());
    clock.advance(Duration.ofSeconds(50));
    follow();
    assertThat(state().snapshot().heardAt()).isEqualTo(clock.instant());
  }

  @Test
  void aClockThatJumpedForgetsNoDenial() throws Exception {
    feed.deny(Denial.ofSerial(BigInteger.TEN, "revoked", clock.instant().plusSeconds(60)));
    follow();
    clock.advance(Duration.ofDays(30));
    feed.fleet("valves", "a/${device}", "b/${device}");
    await().until(() -> knows("valves"));
    assertThat(follower.current().heardAt()).isEqualTo(clock.instant());
    assertThat(follower.current().denialOfSerial("a")).isPresent();
  }

  /** Those the listener would have cut are cut by the next attempt, and not by the next news. */
  @Test
  void whatTheListenerFailedAtItIsToldAgain() throws Exception {
    follow();
    follower.close();
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    BrokerState state = state();
    follower = new FeedFollower(
        new FeedClient(feed.uri(), state.credential(), state.trust().anchors()),
        new SnapshotFile(settings().snapshot()),
        state,
        clock,
        (before, after) -> {
          told.add(before.deniedIdentities().size() + " to "
              + after.deniedIdentities().size());
          if (told.size() == 1) {
            throw new IllegalStateException("on purpose");
          }
          if (told.size() == 2) {
            throw new OutOfMemoryError("on purpose");
          }
        });
    feed.deny(TestPki.deviceId("sensors", "d1"), "revoked");
    try (LogLines log = new LogLines()) {
      follower.start();
      await().until(() -> told.size() == 3);
      feed.deny(TestPki.deviceId("sensors", "d2"), "revoked");
      await().until(() -> told.size() == 4);
      assertThat(log.lines())
          .filteredOn(l -> l.startsWith("ERROR the feed is not followed, trying on"))
          .hasSize(2);
    }
    assertThat(told).containsExactly("0 to 1", "0 to 1", "0 to 1", "1 to 2");
  }
}
