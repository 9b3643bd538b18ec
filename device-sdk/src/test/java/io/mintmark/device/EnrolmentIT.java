package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The credential's life, against a real TLS server. */
class EnrolmentIT {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private final Credential bootstrap = pki.bootstrap("d-1");
  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test", events);
  private FakeEst est;

  @BeforeEach
  void start() throws Exception {
    est = new FakeEst(pki);
  }

  @AfterEach
  void stop() throws InterruptedException {
    callbacks.close(Duration.ofSeconds(1));
    est.close();
  }

  private IdentityKeeper keeper() {
    return keeper(Clock.systemUTC(), pki.anchors(), TestPki.FLEET, bootstrap);
  }

  private IdentityKeeper keeper(
      Clock clock, List<X509Certificate> anchors, FleetId fleet, Credential shown) {
    return keeper(clock, TestPki.trust(new DeviceFolder(folder), anchors), fleet, shown);
  }

  /** A device that knows a fingerprint. */
  private IdentityKeeper keeper(String fingerprint) throws IOException {
    DeviceTrust trust = DeviceTrust.open(new DeviceFolder(folder), List.of(), Set.of(fingerprint));
    return keeper(Clock.systemUTC(), trust, TestPki.FLEET, bootstrap);
  }

  private IdentityKeeper keeper(Clock clock, DeviceTrust trust, FleetId fleet, Credential shown) {
    DeviceFolder memory = new DeviceFolder(folder);
    EstSettings settings = new EstSettings(
        est.uri(), fleet, shown, new DeviceId("d-1"), Duration.ofSeconds(5), Duration.ofSeconds(5));
    return new IdentityKeeper(
        memory.credentials(),
        new Enrolment(
            settings,
            trust,
            new BundleKeeper(trust, settings, clock, callbacks, () -> {})::offered,
            memory.pendingKey(),
            clock),
        trust,
        settings,
        clock,
        callbacks);
  }

  @Test
  void enrolsWithTheBootstrapCredentialAndStores() throws Exception {
    TlsCredential first = keeper().valid();

    assertThat(first.identity().spiffeId())
        .isEqualTo("spiffe://example.org/fleet/sensors/device/d-1");
    assertThat(first.credential().chain()).hasSize(2);
    assertThat(est.requests).hasSize(1);
    assertThat(est.requests.get(0).operation()).isEqualTo("simpleenroll");
    assertThat(est.requests.get(0).shown()).isEqualTo(bootstrap.certificate());
    Path stored = folder.resolve("credential.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("pending-key.pem")).doesNotExist();
  }

  @Test
  void usesWhatIsStored() throws Exception {
    TlsCredential first = keeper().valid();
    TlsCredential second = keeper().valid();

    assertThat(second.credential().certificate()).isEqualTo(first.credential().certificate());
    assertThat(est.requests).hasSize(1);
  }

  @Test
  void asksAgainWithTheSameKeyWhenTheAnswerWasLost() throws Exception {
    est.loseNextAnswer();
    assertThatThrownBy(() -> keeper().valid()).isInstanceOf(RetryLaterException.class);
    Path pending = folder.resolve("pending-key.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pending)))
        .isEqualTo("rw-------");

    TlsCredential credential = keeper().valid();

    assertThat(est.requests.size()).isGreaterThanOrEqualTo(2);
    assertThat(est.requests)
        .extracting(FakeEst.Request::key)
        .containsOnly(est.requests.get(0).key());
    assertThat(credential.credential().certificate().getPublicKey())
        .isEqualTo(est.requests.get(0).key());
    assertThat(pending).doesNotExist();
  }

  @Test
  void renewsWithANewKeyAndTheCurrentCredential() throws Exception {
    IdentityKeeper keeper = keeper();
    X509Certificate before = keeper.valid().credential().certificate();

    X509Certificate after = keeper.renew().credential().certificate();

    assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
    assertThat(est.requests.get(1).operation()).isEqualTo("simplereenroll");
    assertThat(est.requests.get(1).shown()).isEqualTo(before);
    assertThat(keeper().valid().credential().certificate()).isEqualTo(after);
  }

  @Test
  void renewsWithTheSameKeyWhenTheAnswerWasLost() throws Exception {
    keeper().valid();
    est.loseNextAnswer();
    IdentityKeeper unlucky = keeper();
    X509Certificate before = unlucky.valid().credential().certificate();
    assertThatThrownBy(unlucky::renew).isInstanceOf(RetryLaterException.class);
    assertThat(unlucky.valid().credential().certificate()).isEqualTo(before);

    IdentityKeeper afterRestart = keeper();
    afterRestart.valid();
    afterRestart.renew();

    List<FakeEst.Request> renewals = est.requests.subList(1, est.requests.size());
    assertThat(renewals.size()).isGreaterThanOrEqualTo(2);
    assertThat(renewals)
        .extracting(FakeEst.Request::key)
        .containsOnly(renewals.get(0).key());
  }

  @Test
  void neverAsksForAKeyThatHasItsCertificate() throws Exception {
    est.loseNextAnswer();
    assertThatThrownBy(() -> keeper().valid()).isInstanceOf(RetryLaterException.class);
    String left = Files.readString(folder.resolve("pending-key.pem"));
    IdentityKeeper keeper = keeper();
    X509Certificate before = keeper.valid().credential().certificate();
    // As after a crash between storing the credential and forgetting its key.
    Files.writeString(folder.resolve("pending-key.pem"), left);

    assertThat(keeper.renew().credential().certificate().getPublicKey())
        .isNotEqualTo(before.getPublicKey());
  }

  @Test
  void enrolsAnewWhenTheStoredCredentialHasExpired() throws Exception {
    X509Certificate before = keeper().valid().credential().certificate();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    est.clock = later;

    assertThatThrownBy(keeper(later, pki.anchors(), TestPki.FLEET, null)::valid)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the operational certificate expired")
        .hasMessageContaining("bootstrap(...)");
    IdentityKeeper keeper = keeper(later, pki.anchors(), TestPki.FLEET, bootstrap);
    X509Certificate after = keeper.valid().credential().certificate();

    assertThat(after).isNotEqualTo(before);
    assertThat(est.requests)
        .extracting(FakeEst.Request::operation)
        .containsExactly("simpleenroll", "simplereenroll", "simplereenroll", "simpleenroll");
    assertThat(est.requests.get(3).shown()).isEqualTo(bootstrap.certificate());
    assertThat(after.getPublicKey()).isEqualTo(est.requests.get(1).key());
  }

  @Test
  void renewsWithTheExpiredCredentialWhereTheFleetLetsIt() throws Exception {
    X509Certificate before = keeper().valid().credential().certificate();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    est.clock = later;
    est.grace = Duration.ofHours(3);

    IdentityKeeper keeper = keeper(later, pki.anchors(), TestPki.FLEET, null);
    X509Certificate after = keeper.valid().credential().certificate();

    assertThat(after.getNotAfter().toInstant()).isAfter(later.instant());
    assertThat(est.requests.get(1).operation()).isEqualTo("simplereenroll");
    assertThat(est.requests.get(1).shown()).isEqualTo(before);
    await().until(() -> events.count("renewed") == 1);
  }

  /** As a server that looks at certificates in TLS already. */
  @Test
  void enrolsAnewWhereARenewalWithTheExpiredOneFailsWithoutAWord() throws Exception {
    keeper().valid();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    est.clock = later;
    est.before = exchange -> {
      if (!exchange.getRequestURI().getPath().endsWith("simplereenroll")) {
        return false;
      }
      exchange.close();
      return true;
    };

    keeper(later, pki.anchors(), TestPki.FLEET, bootstrap).valid();

    assertThat(est.requests)
        .extracting(FakeEst.Request::operation)
        .containsExactly("simpleenroll", "simpleenroll");
  }

  @Test
  void takesANewKeyWhenThePendingOnesCertificateHasExpired() throws Exception {
    est.loseNextAnswer();
    assertThatThrownBy(() -> keeper().valid()).isInstanceOf(RetryLaterException.class);
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    est.clock = later;

    IdentityKeeper keeper = keeper(later, pki.anchors(), TestPki.FLEET, bootstrap);

    assertThat(keeper.valid().credential().certificate().getPublicKey())
        .isNotEqualTo(est.requests.get(0).key());
  }

  @Test
  void enrolsAnewWhenTheStoredFileIsBroken() throws Exception {
    X509Certificate before = keeper().valid().credential().certificate();
    Files.writeString(folder.resolve("credential.pem"), "-----BEGIN half a file");
    assertThat(keeper().valid().credential().certificate()).isEqualTo(before);
    assertThat(est.requests).as("the copy does").hasSize(1);

    Files.writeString(folder.resolve("credential.pem"), "-----BEGIN half a file");
    Files.writeString(folder.resolve("credential.copy.pem"), "");
    keeper().valid();

    assertThat(est.requests).hasSize(2);
  }

  @Test
  void enrolsAnewWhenThePendingKeyIsBroken() throws Exception {
    Files.writeString(folder.resolve("pending-key.pem"), "-----BEGIN half a file");

    assertThat(keeper().valid()).isNotNull();
  }

  @Test
  void countsTheLifetimeOfAnIssuedCertificateFromItsArrival() throws Exception {
    est.lifetime = Duration.ofSeconds(10);
    TlsCredential issued = keeper().valid();

    // The issuer dated it back by a minute; two thirds of 70 s would be over already.
    assertThat(issued.lifetime().lifetime())
        .isBetween(Duration.ofSeconds(7), Duration.ofSeconds(10));
  }

  @Test
  void saysWhatTheServiceSaid() throws Exception {
    est.before = FakeEst.refuse(403, "device d-1 is not in the manifest of fleet sensors");
    assertThatThrownBy(() -> keeper().valid())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("403")
        .hasMessageContaining("device d-1 is not in the manifest of fleet sensors");

    est.before = exchange -> {
      exchange.getResponseHeaders().set("Retry-After", "17");
      return FakeEst.refuse(503, "busy").with(exchange);
    };
    RetryLaterException later =
        catchThrowableOfType(RetryLaterException.class, () -> keeper().valid());
    assertThat(later.retryAfter()).contains(Duration.ofSeconds(17));
  }

  @Test
  void refusesAServiceItDoesNotTrust() {
    List<X509Certificate> others =
        List.of(HeldCertificate.builder().authority(1).build().certificate());
    IdentityKeeper keeper = keeper(Clock.systemUTC(), others, TestPki.FLEET, bootstrap);

    assertThatThrownBy(keeper::valid)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("not trusted")
        .hasMessageContaining("trust.pem");
    assertThat(est.requests).isEmpty();
  }

  @Test
  void asksAPersonWhenThereIsNothingToEnrolWith() {
    IdentityKeeper keeper = keeper(Clock.systemUTC(), pki.anchors(), TestPki.FLEET, null);

    assertThatThrownBy(keeper::valid)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("bootstrap(...)");
  }

  private List<X509Certificate> trusted() throws IOException {
    return new DeviceFolder(folder).anchors().orElse(List.of());
  }

  @Test
  void findsTheRootByItsFingerprint() throws Exception {
    TestPki.NextRoot next = pki.new NextRoot();
    est.caCertificates =
        List.of(next.root.certificate(), pki.root.certificate(), pki.issuing.certificate());
    String fingerprint = RootDiscovery.fingerprint(pki.root.certificate());
    List<List<X509Certificate>> shown = new CopyOnWriteArrayList<>();
    est.before = exchange -> {
      shown.add(FakeEst.shownIn(exchange));
      return false;
    };

    IdentityKeeper keeper = keeper(fingerprint);
    keeper.valid();

    assertThat(shown.get(0)).as("to a stranger").isEmpty();
    // Nobody the device trusts vouches for the other one, so it is not believed.
    assertThat(trusted()).isEqualTo(pki.anchors());
    int asked = est.caRequests.get();
    keeper(fingerprint).valid();
    keeper("ab".repeat(32)).valid();
    assertThat(est.caRequests).as("once it is known").hasValue(asked);

    // Nor does a device stand still that lost its roots and not its credential.
    Files.delete(folder.resolve("trust.pem"));
    Files.delete(folder.resolve("trust.copy.pem"));
    keeper(fingerprint).valid();
    assertThat(trusted()).isEqualTo(pki.anchors());
    assertThat(est.requests).hasSize(1);
  }

  @Test
  void takesNoRootWithAnotherFingerprint() throws Exception {
    String issuing = RootDiscovery.fingerprint(pki.issuing.certificate());
    for (String fingerprint : List.of("ab".repeat(32), issuing)) {
      assertThatThrownBy(keeper(fingerprint)::valid)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("gave no root with the fingerprint given, " + fingerprint)
          .hasMessageContaining(RootDiscovery.fingerprint(pki.root.certificate()))
          .hasMessageContaining("Nothing was stored");
    }
    assertThat(folder).isEmptyDirectory();
    assertThat(est.requests).isEmpty();
  }

  /** Somebody in between passes on what the service says: everybody may ask for that. */
  @Test
  void takesNoRootFromWhoIsNotByIt() throws Exception {
    est.show(HeldCertificate.builder().dns("localhost").build().credential());
    IdentityKeeper keeper = keeper(RootDiscovery.fingerprint(pki.root.certificate()));

    assertThatThrownBy(keeper::valid)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("its own certificate is not by it")
        .hasMessageContaining("somebody may be in between");
    assertThat(folder).isEmptyDirectory();

    est.show(pki.server.credential());
    est.close();
    assertThatThrownBy(keeper::valid).isInstanceOf(RetryLaterException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysThatTheServiceIsNotThere() {
    est.close();
    assertThatThrownBy(() -> keeper().valid())
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("localhost");
  }
}
