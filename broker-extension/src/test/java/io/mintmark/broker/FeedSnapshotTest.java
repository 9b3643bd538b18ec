package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceAttributes;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.TopicGrants;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeedSnapshotTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Identity DEVICE = Identity.parse(TestPki.deviceId("sensors", "d1"));

  private static FeedPage page(long head, FeedEntry... entries) {
    return new FeedPage("feed-1", TestPki.TRUST_DOMAIN, head, List.of(entries));
  }

  private static FeedEntry fleet(long sequence, boolean removed) {
    return new FeedEntry(
        sequence,
        new FleetPolicy("sensors", "${device}", TopicGrants.NONE, removed),
        null,
        null,
        null);
  }

  private static FeedEntry denial(long sequence, Denial denial) {
    return new FeedEntry(sequence, null, null, denial, null);
  }

  private static FeedSnapshot after(FeedEntry... entries) {
    return FeedSnapshot.NONE.with(page(entries[entries.length - 1].sequence(), entries), NOW);
  }

  @Test
  void theLastWordAboutASubjectHolds() {
    assertThat(after(fleet(1, false)).fleet(new FleetId("sensors"))).isPresent();
    assertThat(after(fleet(1, false), fleet(2, true)).fleet(new FleetId("sensors")))
        .isEmpty();
    FeedEntry application = new FeedEntry(
        2, null, new ApplicationPolicy("dashboard", TopicGrants.NONE, true), null, null);
    FeedSnapshot snapshot = after(fleet(1, false), application);
    assertThat(snapshot.application("dashboard")).isEmpty();
    assertThat(snapshot.applications()).as("its name stays taken").containsKey("dashboard");
  }

  @Test
  void aDenialHoldsUntilItIsLifted() {
    Denial denial = Denial.ofIdentity(DEVICE, "suspended");
    FeedSnapshot denied = after(denial(1, denial));
    assertThat(denied.denialOfIdentity(DEVICE)).contains(denial);
    assertThat(denied.with(page(2, denial(2, denial.lift())), NOW).denialOfIdentity(DEVICE))
        .isEmpty();
  }

  @Test
  void theDenialOfAnExpiredCertificateIsForgottenADayLater() {
    Denial denial = Denial.ofSerial(BigInteger.valueOf(0xabc), "revoked", NOW);
    FeedSnapshot denied = after(denial(1, denial));
    Instant dayLater = NOW.plus(Duration.ofDays(1));
    assertThat(denied.forgetting(dayLater)).isSameAs(denied);
    assertThat(denied.forgetting(dayLater.plusSeconds(1)).denialOfSerial("abc")).isEmpty();
  }

  @Test
  void aPageHeardByAWrongClockForgetsNothing() {
    Denial denial = Denial.ofSerial(BigInteger.valueOf(0xabc), "revoked", NOW);
    Instant wrong = Instant.parse("2100-01-01T00:00:00Z");
    assertThat(after(denial(1, denial)).with(page(1), wrong).denialOfSerial("abc"))
        .isPresent();
  }

  @Test
  void aPageThatCannotFollowIsRefused() {
    FeedSnapshot snapshot = after(fleet(1, false), fleet(5, false));
    assertThatThrownBy(() -> snapshot.with(page(9, fleet(5, true)), NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out of order");
    assertThatThrownBy(
            () -> snapshot.with(new FeedPage("feed-2", TestPki.TRUST_DOMAIN, 9, List.of()), NOW))
        .hasMessageContaining("feed-2");
  }

  @Test
  void anEmptyPageLeadsToTheHead() {
    FeedSnapshot snapshot = after(fleet(1, false)).with(page(7), NOW.plusSeconds(1));
    assertThat(snapshot.sequence()).isEqualTo(7);
    assertThat(snapshot.heardAt()).isEqualTo(NOW.plusSeconds(1));
  }

  @Test
  void whenItWasHeardIsNotWhatItSays() {
    FeedSnapshot snapshot = after(fleet(1, false));
    assertThat(snapshot.with(page(1), NOW.plusSeconds(9)).saysTheSameAs(snapshot))
        .isTrue();
    assertThat(snapshot.with(page(2, fleet(2, true)), NOW).saysTheSameAs(snapshot))
        .isFalse();
  }

  private static FeedEntry bySite(long sequence, String topic) {
    TopicGrants topics = new TopicGrants(List.of(topic), List.of());
    return new FeedEntry(
        sequence, new FleetPolicy("sensors", "${device}", topics, false), null, null, null);
  }

  @Test
  void attributesAreKeptAsLongAsThePolicyNamesAny() {
    FeedEntry attributes =
        FeedEntry.of(1, new DeviceAttributes("d1", "sensors", Map.of("site", "north")));
    FeedSnapshot snapshot = after(attributes, bySite(2, "sites/${attr.site}"));
    Identity.Device device = (Identity.Device) DEVICE;
    assertThat(snapshot.attributes(device)).containsEntry("site", "north");
    Identity.Device namesake = (Identity.Device) Identity.parse(TestPki.deviceId("pumps", "d1"));
    assertThat(snapshot.attributes(namesake)).isEmpty();
    FeedEntry moved =
        FeedEntry.of(3, new DeviceAttributes("d1", "sensors", Map.of("site", "south")));
    assertThat(snapshot.with(page(3, moved), NOW).attributes(device))
        .containsEntry("site", "south");
    assertThat(snapshot.with(page(3, bySite(3, "sites/all")), NOW).attributes()).isEmpty();
  }

  @Test
  void aSnapshotOfAnOlderVersionIsRead() throws Exception {
    FeedSnapshot old = FeedJson.MAPPER.readValue("""
        {"feedId": "feed-1", "trustDomain": "example.org", "sequence": 2,
         "heardAt": "2026-06-01T12:00:00Z", "fleets": {"sensors": {"fleet": "sensors",
         "clientId": "${device}", "topics": {"publish": ["up/${device}"], "subscribe": []},
         "removed": false}}, "applications": {}, "deniedSerials": {}, "deniedIdentities": {}}
        """, FeedSnapshot.class);
    assertThat(old.attributes()).isEmpty();
    assertThat(old.fleet(new FleetId("sensors")).orElseThrow().topics())
        .isEqualTo(new TopicGrants(List.of("up/${device}"), List.of()));
    FeedEntry limited = new FeedEntry(
        3,
        new FleetPolicy(
            "pumps",
            "${device}",
            TopicGrants.of(
                List.of(new PublishGrant("up", 1, false)),
                List.of(new SubscribeGrant("down", 0, SubscribeGrant.Shared.ONLY))),
            false),
        null,
        null,
        null);
    FeedEntry attributes =
        FeedEntry.of(4, new DeviceAttributes("d1", "sensors", Map.of("site", "north")));
    FeedSnapshot next = old.with(page(4, limited, attributes), NOW);
    assertThat(
            FeedJson.MAPPER.readValue(FeedJson.MAPPER.writeValueAsBytes(next), FeedSnapshot.class))
        .isEqualTo(next);
  }

  @Test
  void startingOverKeepsTheDenialsAndNothingElse() {
    FeedSnapshot over =
        after(fleet(1, false), denial(2, Denial.ofIdentity(DEVICE, "revoked"))).onlyDenials();
    assertThat(over.denialOfIdentity(DEVICE)).isPresent();
    assertThat(over.fleets()).isEmpty();
    assertThat(over.sequence()).isZero();
    assertThat(over.feedId()).isNull();
  }
}
