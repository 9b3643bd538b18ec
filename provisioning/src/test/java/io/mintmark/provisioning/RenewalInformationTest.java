package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.RenewalId;
import io.mintmark.identity.RenewalInfo;
import io.mintmark.identity.RenewalWindow;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewalInformationTest {

  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate current;
  private Instant issued;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
    issued = installation.clock.instant();
    current = installation.enroll("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private RenewalInfo info(X509Certificate certificate) throws Refusal {
    return installation.get().renewalInformation().of(RenewalId.of(certificate).toString());
  }

  private void assertWithin(RenewalWindow window, Instant start, Instant end) {
    assertThat(window.start()).isBetween(start, end);
    assertThat(window.end()).isBetween(start, end);
    assertThat(Duration.between(window.start(), window.end()))
        .isEqualTo(Duration.between(start, end).dividedBy(8));
  }

  @Test
  void givesEachCertificateAPartOfItsFleetsWindow() throws Exception {
    assertWithin(
        info(current).window(),
        issued.plus(WEEK.multipliedBy(60).dividedBy(100)),
        issued.plus(WEEK.multipliedBy(75).dividedBy(100)));
    assertThat(info(current)).as("the same answer again").isEqualTo(info(current));
    assertThat(info(current).retryAfter()).isEqualTo(Duration.ofHours(6));
    assertThat(info(current).bundle())
        .isEqualTo(Bundle.fingerprint(installation.get().authority().trustAnchors()));
    assertThat(info(installation.enroll("d-2")).window())
        .isNotEqualTo(info(current).window());
  }

  @Test
  void followsTheProfile() throws Exception {
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
        .replace("lifetime: 7d", "lifetime: 100m\n  renewal-window: {start: 20%, end: 30%}"));
    X509Certificate next = installation.renew(current);

    assertWithin(
        info(next).window(),
        issued.plus(Duration.ofMinutes(20)),
        issued.plus(Duration.ofMinutes(30)));
    assertThat(info(next).retryAfter()).isEqualTo(Duration.ofMinutes(25));
  }

  @Test
  void isPulledForwardForAFleet() throws Exception {
    installation.clock.move(Duration.ofDays(1));
    Instant asked = installation.clock.instant();
    installation.get().earlyRenewals().ofFleet(SENSORS, "2h", OPERATOR);

    assertWithin(info(current).window(), asked, asked.plus(Duration.ofHours(2)));
    installation.clock.move(Duration.ofHours(1));
    X509Certificate next = installation.renew(current);
    assertThat(info(next).window().start()).isAfter(asked.plus(Duration.ofDays(3)));
    assertThat(installation.audited()).contains("fleet.renew-early sensors");
  }

  @Test
  void isPulledForwardForAnIssuer() throws Exception {
    String key = installation.get().authority().issuingKeyId();
    installation.clock.move(Duration.ofDays(1));
    Instant asked = installation.clock.instant();

    installation
        .get()
        .earlyRenewals()
        .ofIssuer(
            key.replaceAll("(..)(?=.)", "$1:").toUpperCase(java.util.Locale.ROOT), null, OPERATOR);

    assertWithin(info(current).window(), asked, asked.plus(Duration.ofHours(1)));
    assertThat(installation.audited()).contains("issuer.renew-early " + key);
  }

  @Test
  void isNeverPushedBack() throws Exception {
    RenewalWindow before = info(current).window();
    installation.clock.move(Duration.ofDays(6));
    installation.get().earlyRenewals().ofFleet(SENSORS, "1h", OPERATOR);

    assertThat(info(current).window()).isEqualTo(before);
  }

  @Test
  void isOverForWhatIsSupersededOrRevoked() throws Exception {
    installation.clock.move(Duration.ofHours(1));
    X509Certificate next = installation.renew(current);
    installation.renew(next);
    assertThat(info(current).window().end()).isEqualTo(installation.clock.instant());
    installation.clock.move(Duration.ofHours(1));
    installation.get().revoker().revoke(new DeviceId("d-1"), null, OPERATOR);
    assertThat(info(next).window().end()).isEqualTo(installation.clock.instant());
  }

  @Test
  void knowsItsOwnCertificatesAlone() {
    RenewalInformation information = installation.get().renewalInformation();
    RenewalId id = RenewalId.of(current);

    assertRefused(
        NOT_FOUND,
        "there is no certificate",
        () -> information.of(new RenewalId(id.issuerKeyId(), BigInteger.TEN).toString()));
    assertRefused(
        NOT_FOUND,
        "there is no certificate",
        () -> information.of(new RenewalId("00ff", id.serial()).toString()));
    assertRefused(INVALID, "names no certificate", () -> information.of("x"));
  }

  @Test
  void refusesWhatCannotBeAskedFor() {
    EarlyRenewals early = installation.get().earlyRenewals();

    assertRefused(
        NOT_FOUND, "'pumps' is not known", () -> early.ofFleet(new FleetId("pumps"), null, "o"));
    assertRefused(
        NOT_FOUND,
        "this service issues with " + installation.get().authority().issuingKeyId(),
        () -> early.ofIssuer("00ff", null, "o"));
    assertRefused(INVALID, "use 1s to 30d", () -> early.ofFleet(SENSORS, "0s", "o"));
    assertRefused(INVALID, "use 1s to 30d", () -> early.ofFleet(SENSORS, "31d", "o"));
    assertRefused(INVALID, "is not a duration", () -> early.ofFleet(SENSORS, "soon", "o"));
  }
}
