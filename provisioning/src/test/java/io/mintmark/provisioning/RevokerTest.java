package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
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
  void changesNothingTheSecondTime() throws Exception {
    revoker.revoke(D1, null, OPERATOR);
    long head = installation.get().feed().head();
    int rows = installation.audited().size();

    revoker.revoke(D1, "keyCompromise", OPERATOR);

    assertThat(installation.get().feed().head()).isEqualTo(head);
    assertThat(installation.audited()).hasSize(rows);
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
        INVALID, "or suspend the device", () -> revoker.revoke(D1, "certificateHold", OPERATOR));
  }

  @Test
  void suspendsAndReleases() throws Exception {
    installation.enroll("d-1");

    revoker.suspend(D1, OPERATOR);
    revoker.suspend(D1, OPERATOR);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(denials())
        .containsExactly(new Denial(Denial.Scope.IDENTITY, SPIFFE_ID, "suspended", false, null));

    revoker.release(D1, OPERATOR);
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
