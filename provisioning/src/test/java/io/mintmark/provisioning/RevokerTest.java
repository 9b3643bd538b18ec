package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevokerTest {

  private static final DeviceId D1 = new DeviceId("d-1");
  private static final String SPIFFE_ID = "spiffe://example.org/fleet/sensors/device/d-1";

  @TempDir
  Path folder;

  private TestInstallation installation;
  private Revoker revoker;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
    revoker = installation.get().revoker();
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private List<Denial> denials() throws Refusal {
    return installation.get().feed().after(0).entries().stream()
        .map(FeedEntry::denial)
        .filter(Objects::nonNull)
        .toList();
  }

  @Test
  void revokesADeviceWithItsLiveCertificates() throws Exception {
    X509Certificate first = installation.enroll("d-1");
    X509Certificate second = installation.renew(first);
    AtomicInteger told = new AtomicInteger();
    installation.get().feed().onAppend(told::incrementAndGet);

    revoker.revoke(D1, "keyCompromise", OPERATOR);

    assertThat(told).hasPositiveValue();
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.REVOKED);
    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.REVOKED, CertificateState.REVOKED);
    assertThat(denials())
        .containsExactlyInAnyOrder(
            new Denial(Denial.Scope.IDENTITY, SPIFFE_ID, "revoked", false, null),
            Denial.ofSerial(
                first.getSerialNumber(), "revoked", first.getNotAfter().toInstant()),
            Denial.ofSerial(
                second.getSerialNumber(), "revoked", second.getNotAfter().toInstant()));
    assertThat(installation.get().audit().after(0, 100)).last().satisfies(row -> {
      assertThat(row.action()).isEqualTo("device.revoked");
      assertThat(row.actor()).isEqualTo(OPERATOR);
      assertThat(row.detail()).contains("keyCompromise");
    });
  }

  @Test
  void saysSinceWhenAndWhyTheSecondTime() throws Exception {
    revoker.revoke(D1, "affiliationChanged", OPERATOR);
    Instant at = installation.clock.instant();
    installation.clock.move(Duration.ofMinutes(1));
    String since = "device 'd-1' is revoked since " + at + " (affiliationChanged)";

    unchanged(() -> {
      assertRefused(CONFLICT, since, () -> revoker.revoke(D1, "keyCompromise", OPERATOR));
      assertRefused(CONFLICT, since, () -> revoker.retire(D1, OPERATOR));
    });
  }

  @Test
  void retiresADevice() throws Exception {
    X509Certificate certificate = installation.enroll("d-1");

    revoker.retire(D1, OPERATOR);

    assertThat(installation.device("d-1"))
        .extracting(DeviceViews.DeviceView::state, DeviceViews.DeviceView::reason)
        .containsExactly(DeviceState.RETIRED, "cessationOfOperation");
    assertThat(installation.states("d-1")).containsExactly(CertificateState.REVOKED);
    assertThat(denials())
        .contains(new Denial(Denial.Scope.IDENTITY, SPIFFE_ID, "retired", false, null));
    assertThat(installation
            .get()
            .certificates()
            .find(certificate.getSerialNumber().toString(16))
            .reason())
        .isEqualTo("cessationOfOperation");
    unchanged(() -> {
      assertRefused(FORBIDDEN, "'d-1' is retired", () -> installation.enroll("d-1"));
      assertRefused(FORBIDDEN, "is revoked", () -> installation.renew(certificate));
      assertRefused(CONFLICT, "is retired since", () -> revoker.revoke(D1, null, OPERATOR));
      assertRefused(CONFLICT, "which is for good", () -> revoker.release(D1, OPERATOR));
    });
  }

  @Test
  void whatIsNotSuspendedIsNotReleasedAndWhatIsNotSuspendedAgain() throws Exception {
    unchanged(() -> assertRefused(
        CONFLICT, "'d-1' is pending, not suspended", () -> revoker.release(D1, OPERATOR)));
    revoker.suspend(D1, OPERATOR);
    unchanged(() ->
        assertRefused(CONFLICT, "'d-1' is suspended since", () -> revoker.suspend(D1, OPERATOR)));
  }

  @Test
  void aKeySomebodyElseHasIsNotCertifiedAgain() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    X509Certificate stolen = installation.enroll("d-1", keys);
    X509Certificate other = installation.enroll("d-1");
    installation
        .get()
        .certificateRevoker()
        .revoke(stolen.getSerialNumber().toString(16), null, "keyCompromise", OPERATOR);

    unchanged(() -> {
      assertRefused(INVALID, "make a new key", () -> installation.enroll("d-1", keys));
      assertRefused(INVALID, "make a new key", () -> installation.renew(other, keys));
    });
    assertThat(installation.enroll("d-1")).isNotNull();
  }

  private interface Tries {
    void run() throws Exception;
  }

  private void unchanged(Tries tries) throws Exception {
    long head = installation.get().feed().head();
    List<String> rows = installation.audited();
    tries.run();
    assertThat(installation.get().feed().head()).isEqualTo(head);
    assertThat(installation.audited()).isEqualTo(rows);
  }

  @Test
  void refusesAnUnknownDevice() {
    DeviceId unknown = new DeviceId("d-3");

    assertRefused(NOT_FOUND, "'d-3' is not known", () -> revoker.revoke(unknown, null, OPERATOR));
    assertRefused(NOT_FOUND, "'d-3' is not known", () -> revoker.suspend(unknown, OPERATOR));
    assertRefused(NOT_FOUND, "'d-3' is not known", () -> revoker.release(unknown, OPERATOR));
  }

  @Test
  void refusesAnUnknownReason() {
    assertRefused(
        INVALID, "'stolen' is not known: use one of", () -> revoker.revoke(D1, "stolen", OPERATOR));
    assertRefused(
        INVALID,
        "suspend the device or its fleet",
        () -> revoker.revoke(D1, "certificateHold", OPERATOR));
    assertThat(installation.audited()).doesNotContain("device.revoked d-1");
  }

  @Test
  void suspendsAndReleases() throws Exception {
    installation.enroll("d-1");

    revoker.suspend(D1, OPERATOR);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(denials())
        .containsExactly(new Denial(Denial.Scope.IDENTITY, SPIFFE_ID, "suspended", false, null));

    revoker.release(D1, OPERATOR);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(denials())
        .containsExactly(new Denial(Denial.Scope.IDENTITY, SPIFFE_ID, "suspended", true, null));
    assertThat(installation.states("d-1")).containsExactly(CertificateState.ISSUED);
    assertThat(installation.audited()).endsWith("device.suspended d-1", "device.released d-1");
  }

  @Test
  void releasesADeviceThatNeverEnrolledToPending() throws Exception {
    revoker.suspend(D1, OPERATOR);
    revoker.release(D1, OPERATOR);

    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.PENDING);
  }

  @Test
  void aRevocationIsForGood() throws Exception {
    revoker.suspend(D1, OPERATOR);
    revoker.revoke(D1, null, OPERATOR);

    assertRefused(CONFLICT, "which is for good", () -> revoker.release(D1, OPERATOR));
    assertRefused(CONFLICT, "which is for good", () -> revoker.suspend(D1, OPERATOR));
    assertThat(denials())
        .containsExactly(new Denial(Denial.Scope.IDENTITY, SPIFFE_ID, "revoked", false, null));
  }
}
