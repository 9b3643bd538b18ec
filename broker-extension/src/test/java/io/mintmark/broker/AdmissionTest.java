package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What depends on the time and on odd policies; the rest is shown on the real broker. */
class AdmissionTest {

  private final TestPki pki = new TestPki();
  private final SettableClock clock = new SettableClock();
  private FeedSnapshot snapshot = FeedSnapshot.NONE;
  private final Admission admission = new Admission(
      () -> snapshot, new TrustDomain(TestPki.TRUST_DOMAIN), Duration.ofHours(1), clock);

  private void heard(FeedEntry... entries) {
    snapshot = FeedSnapshot.NONE.with(
        new FeedPage("feed-1", TestPki.TRUST_DOMAIN, entries.length, List.of(entries)),
        clock.instant());
  }

  private static FeedEntry sensors(String publish) {
    TopicGrants grants = new TopicGrants(List.of(publish), List.of());
    return new FeedEntry(
        1, new FleetPolicy("sensors", "${device}", grants, false), null, null, null);
  }

  private void refuses(Refusal refusal, X509Certificate certificate) {
    assertThatThrownBy(() -> {
          Identity identity = admission.identify(certificate, "d1");
          admission.grants(identity, "1", List.of());
        })
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(refusal));
  }

  @Test
  void grantsAreThoseOfTheIdentity() throws Exception {
    heard(sensors("telemetry/${fleet}/${device}"));
    X509Certificate certificate = pki.device("sensors", "d1").certificate();
    assertThat(admission
            .grants(admission.identify(certificate, "d1"), "1", List.of())
            .topics()
            .publish())
        .containsExactly("telemetry/sensors/d1");
  }

  @Test
  void nobodyIsAdmittedBeforeTheFeedWasHeard() {
    refuses(Refusal.FEED_NEVER_HEARD, pki.device("sensors", "d1").certificate());
  }

  @Test
  void nobodyIsAdmittedWhenTheFeedIsStale() throws Exception {
    X509Certificate certificate = pki.device("sensors", "d1").certificate();
    heard(sensors("t"));
    clock.advance(Duration.ofHours(1));
    admission.identify(certificate, "d1");
    clock.advance(Duration.ofSeconds(1));
    refuses(Refusal.FEED_STALE, certificate);
  }

  @Test
  void aFeedHeardInTheFutureTellsNothingAboutItsAge() throws Exception {
    X509Certificate certificate = pki.device("sensors", "d1").certificate();
    heard(sensors("t"));
    clock.advance(Duration.ofMinutes(-4));
    admission.identify(certificate, "d1");
    Instant now = clock.instant();
    X509Certificate old = pki.client(TestPki.deviceId("sensors", "d1"))
        .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)))
        .build()
        .certificate();
    clock.advance(Duration.ofHours(-2));
    refuses(Refusal.FEED_STALE, old);
  }

  @Test
  void anExpiredCertificateIsRefusedByOurOwnClock() {
    X509Certificate certificate = pki.device("sensors", "d1").certificate();
    clock.advance(Duration.ofDays(2));
    heard(sensors("t"));
    refuses(Refusal.EXPIRED, certificate);
  }

  @Test
  void aPolicyThatCannotBeResolvedGrantsNothing() {
    heard(sensors("t/${attr.line}"));
    refuses(Refusal.UNUSABLE_POLICY, pki.device("sensors", "d1").certificate());
  }

  @Test
  void theNameOfARemovedApplicationIsStillNotADevices() {
    heard(
        sensors("t"),
        new FeedEntry(2, null, new ApplicationPolicy("d1", TopicGrants.NONE, true), null, null));
    refuses(Refusal.CLIENT_ID, pki.device("sensors", "d1").certificate());
  }

  /** The clock of a machine without a battery, and one a wrong server has set. */
  @Test
  void aClockFarOffAdmitsNobody() throws Exception {
    X509Certificate certificate = pki.device("sensors", "d1").certificate();
    X509Certificate ageless = pki.client(TestPki.deviceId("sensors", "d1"))
        .validity(Instant.EPOCH, Instant.parse("2199-12-31T00:00:00Z"))
        .build()
        .certificate();
    Instant right = clock.instant();
    heard(sensors("t"));
    for (String wrong : List.of("1970-01-01T00:00:10Z", "2100-01-01T00:00:00Z")) {
      clock.advance(Duration.between(clock.instant(), Instant.parse(wrong)));
      refuses(Refusal.EXPIRED, certificate);
      refuses(Refusal.FEED_STALE, ageless);
    }
    clock.advance(Duration.between(clock.instant(), right));
    admission.identify(certificate, "d1");
  }

  /** The feed names fleets and not devices: a certificate of ours that is not denied is good. */
  @Test
  void aDeviceTheRegistryDoesNotKnowIsKnownByItsCertificateOnly() throws Exception {
    heard(sensors("t"));
    admission.identify(pki.device("sensors", "never-heard-of").certificate(), "never-heard-of");
    refuses(Refusal.UNKNOWN_FLEET, pki.device("pumps", "d1").certificate());
  }
}
