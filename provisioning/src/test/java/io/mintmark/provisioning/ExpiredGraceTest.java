package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static io.mintmark.provisioning.TestInstallation.renewal;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.revocation.RevocationRun;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Renewing with a certificate that expired while the device was off, where its fleet lets it. */
class ExpiredGraceTest {

  private static final Duration LIFETIME = Duration.ofDays(7);
  private static final Duration GRACE = Duration.ofDays(2);

  @TempDir
  Path folder;

  private TestInstallation installation;
  private X509Certificate current;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
        .replace("backdate: 5m", "backdate: 5m\n  expired-grace: 2d"));
    installation.manifest("d-1");
    current = installation.enroll("d-1");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private static PublicKey newKey() {
    return CertificateRequest.newKeyPair().getPublic();
  }

  private String serial() {
    return current.getSerialNumber().toString(16);
  }

  @Test
  void renewsUntilItIsOverAndOpensNothingElse() throws Exception {
    installation.clock.move(LIFETIME.plus(GRACE));
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate next = installation.renew(current, keys);

    assertThat(Identity.of(next)).isEqualTo(Identity.of(current));
    assertThat(installation.renew(current, keys)).as("asked again").isEqualTo(next);
    List<AuditRow> audited = installation.get().audit().after(0, 1000);
    assertThat(audited.get(audited.size() - 1)).satisfies(row -> {
      assertThat(row.action()).isEqualTo("device.renewed");
      assertThat(row.detail())
          .isEqualTo("serial " + next.getSerialNumber().toString(16) + " after " + serial()
              + ", which expired at " + current.getNotAfter().toInstant() + " (grace)");
    });
    assertRefused(
        FORBIDDEN,
        "the operational certificate expired at",
        () -> installation
            .get()
            .bundleReports()
            .report(List.of(current), Bundle.fingerprint(List.of(next))));

    installation.clock.move(Duration.ofSeconds(1));
    assertRefused(
        FORBIDDEN,
        "the operational certificate expired at " + current.getNotAfter().toInstant()
            + ", longer ago than the 2d its fleet lets pass",
        () -> installation.renew(current));
  }

  /** What answers nobody got cost it nothing, and what it got ends the expired one. */
  @Test
  void isOverWhenALaterOneIsInUse() throws Exception {
    installation.clock.move(LIFETIME.plusHours(1));
    X509Certificate lost = installation.renew(current);
    X509Certificate next = installation.renew(current);
    assertThat(installation.states("d-1"))
        .containsExactly(
            CertificateState.ISSUED, CertificateState.SUPERSEDED, CertificateState.ISSUED);
    assertRefused(FORBIDDEN, "is superseded", () -> installation.renew(lost));

    installation.get().certificatesSeen().seen(next.getSerialNumber());

    assertRefused(FORBIDDEN, serial() + " is superseded", () -> installation.renew(current));
    installation.renew(next);
  }

  @Test
  void helpsNobodyWhomAnOperatorBarred() throws Exception {
    DeviceId device = new DeviceId("d-1");
    installation.clock.move(LIFETIME.plusHours(1));
    installation.get().revoker().suspend(device, OPERATOR);
    assertRefused(FORBIDDEN, "'d-1' is suspended", () -> installation.renew(current));
    installation.get().revoker().release(device, OPERATOR);
    X509Certificate next = installation.renew(current);

    // Also now that it has expired, for it is good for something still.
    installation.get().certificateRevoker().revoke(serial(), null, "keyCompromise", OPERATOR);
    assertRefused(FORBIDDEN, serial() + " is revoked", () -> installation.renew(current));

    installation.clock.move(LIFETIME.plusHours(1));
    installation.get().revoker().revoke(device, null, OPERATOR);
    assertRefused(FORBIDDEN, "'d-1' is revoked", () -> installation.renew(next));
  }

  @Test
  void isNoWayAroundARunThatRevokes() throws Exception {
    installation.clock.move(LIFETIME.plusHours(1));
    RevocationRun run = installation
        .get()
        .revocationRuns()
        .revokeIssued(
            installation.get().authority().issuingKeyId(),
            installation.clock.instant(),
            "cACompromise",
            OPERATOR);
    assertThat(run.total()).isEqualTo(1);
    installation.get().runWorker().workOff();

    assertRefused(FORBIDDEN, serial() + " is revoked", () -> installation.renew(current));
  }

  @Test
  void isForDevicesAlone() throws Exception {
    installation.get().applications().define("billing", TopicGrants.NONE, OPERATOR);
    X509Certificate application = installation
        .get()
        .applications()
        .certify("billing", TestInstallation.request(newKey()), OPERATOR);
    installation.clock.move(
        Duration.between(installation.clock.instant(), application.getNotAfter().toInstant())
            .plusHours(1));

    assertRefused(
        FORBIDDEN,
        "expired at",
        () -> installation
            .get()
            .renewer()
            .renew(null, List.of(application), renewal(application, newKey())));
  }
}
