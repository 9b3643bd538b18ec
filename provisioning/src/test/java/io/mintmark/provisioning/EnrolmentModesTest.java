package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Approval.State;
import io.mintmark.provisioning.Approvals.ApprovalView;
import io.mintmark.provisioning.Refusal.Kind;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a clock and a crash do to claims and approvals. */
class EnrolmentModesTest {

  private static final FleetId GATE = new FleetId("gate");

  @TempDir
  private Path folder;

  private TestInstallation installation;
  private final KeyPair keys = CertificateRequest.newKeyPair();

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private void gate(String enrolment) throws Refusal {
    installation.apply(
        TestInstallation.yaml(GATE, installation.factory) + "enrolment: " + enrolment + "\n");
  }

  private X509Certificate enroll(String device, KeyPair with) throws Refusal {
    return installation
        .get()
        .enroller()
        .enroll(
            GATE,
            installation.bootstrap(device).chain(),
            TestInstallation.request(with.getPublic()));
  }

  private X509Certificate claim(HeldCertificate shared, String device, KeyPair with)
      throws Refusal {
    byte[] subject = new X500Principal("CN=" + device).getEncoded();
    return installation
        .get()
        .enroller()
        .enroll(GATE, shared.chain(), new SigningRequest(with.getPublic(), subject, null));
  }

  private HeldCertificate sharedByClaim(int uses) throws Exception {
    gate("{mode: claim}");
    HeldCertificate shared = HeldCertificate.builder().commonName("shared").build();
    installation
        .get()
        .claims()
        .create(
            GATE,
            shared.certificatePem(),
            uses,
            installation.clock.instant().plus(Duration.ofHours(1)),
            true,
            OPERATOR);
    return shared;
  }

  private int used() throws Refusal {
    return installation.get().claims().list(GATE).get(0).used();
  }

  private ApprovalView approval(State state) {
    List<ApprovalView> found = installation.get().approvals().list(GATE, state, 0, 10);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private void signingRuns(Runnable first) throws Exception {
    installation.close();
    AtomicReference<Runnable> action = new AtomicReference<>(first);
    installation.start(signer -> toBeSigned -> {
      Runnable once = action.getAndSet(null);
      if (once != null) {
        once.run();
      }
      return signer.sign(toBeSigned);
    });
  }

  @Test
  void aCrashAfterTheLastUseCostsNoSecond() throws Exception {
    HeldCertificate shared = sharedByClaim(1);
    signingRuns(() -> {
      throw new IllegalStateException("crash");
    });
    assertThatThrownBy(() -> claim(shared, "d-1", keys)).hasMessageContaining("crash");
    // Later than a reservation is taken up, so that a new one is made.
    installation.clock.move(Duration.ofMinutes(5));
    assertRefused(
        Kind.FORBIDDEN, "is spent", () -> claim(shared, "d-2", CertificateRequest.newKeyPair()));
    claim(shared, "d-1", keys);
    assertThat(used()).isEqualTo(1);
  }

  @Test
  void aDeviceThatLostItsKeyInTheCrashTakesNoSecondUse() throws Exception {
    HeldCertificate shared = sharedByClaim(1);
    signingRuns(() -> {
      throw new IllegalStateException("crash");
    });
    assertThatThrownBy(() -> claim(shared, "d-1", keys)).hasMessageContaining("crash");
    claim(shared, "d-1", CertificateRequest.newKeyPair());
    assertThat(used()).isEqualTo(1);
    assertRefused(Kind.FORBIDDEN, "enrolled already", () -> claim(shared, "d-1", keys));
  }

  @Test
  void ofTwoKeysReservedAtOnceForOneDeviceOneTakesAUse() throws Exception {
    HeldCertificate shared = sharedByClaim(2);
    KeyPair other = CertificateRequest.newKeyPair();
    signingRuns(() -> {
      try {
        claim(shared, "d-1", other);
      } catch (Refusal e) {
        throw new IllegalStateException(e);
      }
    });
    assertRefused(Kind.FORBIDDEN, "enrolled already", () -> claim(shared, "d-1", keys));
    assertThat(used()).isEqualTo(1);
  }

  @Test
  void ofTwoKeysReservedAtOnceOneIsRecorded() throws Exception {
    gate("{mode: open, again: deny}");
    KeyPair other = CertificateRequest.newKeyPair();
    AtomicReference<X509Certificate> first = new AtomicReference<>();
    signingRuns(() -> {
      try {
        first.set(enroll("d-1", other));
      } catch (Refusal e) {
        throw new IllegalStateException(e);
      }
    });
    assertRefused(Kind.FORBIDDEN, "enrolled already", () -> enroll("d-1", keys));
    assertThat(enroll("d-1", other)).isEqualTo(first.get());
  }

  @Test
  void aYesTakenBackWhileSigningIsANo() throws Exception {
    gate("{mode: approval}");
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", keys));
    long id = approval(State.PENDING).id();
    installation.get().approvals().approve(id, null, OPERATOR);
    signingRuns(() -> {
      try {
        installation.get().approvals().deny(id, null, OPERATOR);
      } catch (Refusal e) {
        throw new IllegalStateException(e);
      }
    });
    assertRefused(Kind.FORBIDDEN, "taken back", () -> enroll("d-1", keys));
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.PENDING);
  }

  @Test
  void aYesToAFirstEnrolmentIsNoneToAnother() throws Exception {
    gate("{mode: approval}");
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", keys));
    installation.get().approvals().approve(approval(State.PENDING).id(), null, OPERATOR);
    KeyPair other = CertificateRequest.newKeyPair();
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", other));
    installation.get().approvals().approve(approval(State.PENDING).id(), null, OPERATOR);
    enroll("d-1", other);
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", keys));
    assertThat(approval(State.PENDING).again()).isTrue();
  }

  @Test
  void questionsAndAnswersExpire() throws Exception {
    gate("{mode: approval}");
    assertRefused(Kind.PENDING, "approval 1 ", () -> enroll("d-1", keys));
    installation.clock.move(ApprovalSettings.DEFAULT.lifetime());
    assertThat(installation.get().approvals().list(GATE, null, 0, 10)).isEmpty();
    assertRefused(
        Kind.NOT_FOUND,
        "approval 1 is not known",
        () -> installation.get().approvals().approve(1, null, OPERATOR));

    assertRefused(Kind.PENDING, "approval 2 ", () -> enroll("d-1", keys));
    assertThat(installation.audited()).contains("approval.expired approval 1");
    installation.get().approvals().approve(2, null, OPERATOR);
    installation.clock.move(ApprovalSettings.DEFAULT.lifetime());
    assertRefused(Kind.PENDING, "approval 3 ", () -> enroll("d-1", keys));

    installation.get().approvals().deny(3, null, OPERATOR);
    assertRefused(Kind.FORBIDDEN, "was denied", () -> enroll("d-1", keys));
    installation.clock.move(ApprovalSettings.DEFAULT.lifetime());
    assertRefused(Kind.PENDING, "approval 4 ", () -> enroll("d-1", keys));
  }

  @Test
  void aFleetHasNoMoreQuestionsOpenThanPeopleRead() throws Exception {
    gate("{mode: approval}");
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("registry.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("""
          with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
          insert into approvals (fleet, device, key_sha256, bootstrap_sha256, again, state,
                                 requested_at, expires_at)
          select 'gate', 'x-' || i, 'k', 'b', 0, 'pending', 0, 9999999999999 from n
          """);
    }
    Refusal full = assertRefused(Kind.LATER, "1000 approvals", () -> enroll("d-1", keys));
    assertThat(full.retryAfter()).isPresent();
    installation.get().approvals().deny(1, null, OPERATOR);
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", keys));
  }

  @Test
  void aKeyWhoseCertificateExpiredIsAskedAboutAnew() throws Exception {
    gate("{mode: approval}");
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", keys));
    installation.get().approvals().approve(approval(State.PENDING).id(), null, OPERATOR);
    enroll("d-1", keys);
    enroll("d-1", keys);
    installation.clock.move(Duration.ofDays(8));
    assertRefused(Kind.PENDING, "is pending", () -> enroll("d-1", keys));
  }
}
