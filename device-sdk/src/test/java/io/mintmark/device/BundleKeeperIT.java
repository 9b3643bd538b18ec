package io.mintmark.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstException;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Following the service's roots, against an EST server on real TLS. */
class BundleKeeperIT {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private final TestPki.NextRoot next = pki.new NextRoot();
  private final List<X509Certificate> both =
      List.of(pki.root.certificate(), next.root.certificate());
  private final List<X509Certificate> nextAlone = List.of(next.root.certificate());
  private final Events events = new Events();
  private final Callbacks callbacks = new Callbacks("test-calls", events);
  private final Credential shown = operational();
  private final List<TlsCredential> replaced = new CopyOnWriteArrayList<>();
  private FakeEst est;
  private DeviceTrust trust;
  private BundleKeeper keeper;

  @BeforeEach
  void start() throws Exception {
    est = new FakeEst(pki);
    est.takeReports();
    trust = TestPki.trust(new DeviceFolder(folder), pki.anchors(), Clock.systemUTC());
    keeper = keeper(Clock.systemUTC());
  }

  @AfterEach
  void stop() throws InterruptedException {
    callbacks.close(Duration.ofSeconds(1));
    est.close();
  }

  private Credential operational() {
    Instant now = Instant.now();
    return pki.operational(
            "d-1", CertificateRequest.newKeyPair(), now.minusSeconds(60), now.plusSeconds(600))
        .credential();
  }

  private BundleKeeper keeper(Clock clock) {
    Duration patience = Duration.ofSeconds(5);
    est.clock = clock;
    EstSettings settings =
        new EstSettings(est.uri(), TestPki.FLEET, null, new DeviceId("d-1"), patience, patience);
    DeviceClock believed = new DeviceClock(clock, System::nanoTime, new DeviceFolder(folder));
    return new BundleKeeper(
        trust,
        settings,
        new ServiceTime(believed, trust, settings, callbacks),
        callbacks,
        () -> replaced.forEach(TlsCredential::forgetSessions));
  }

  private List<X509Certificate> stored() {
    try {
      return Pem.certificates(Files.readString(folder.resolve("trust.pem")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EstClient client(SSLContext tls) {
    return new EstClient(EstClient.label(est.uri(), TestPki.FLEET), tls);
  }

  @Test
  void learnsOfARootAndReportsItWhenItIsStored() throws Exception {
    List<List<X509Certificate>> storedAtReport = new CopyOnWriteArrayList<>();
    est.onReport = () -> storedAtReport.add(stored());
    est.caCertificates = next.both();

    keeper.check(shown, null);

    assertThat(trust.anchors()).isEqualTo(both);
    assertThat(stored()).isEqualTo(both);
    assertThat(storedAtReport).containsExactly(both);
    assertThat(est.reports)
        .containsExactly(new FakeEst.Report(Bundle.fingerprint(both), shown.certificate()));
    await().untilAsserted(() -> assertThat(events.anchors).containsExactly(both));
    assertThat(TestPki.trust(new DeviceFolder(folder), pki.anchors(), Clock.systemUTC())
            .anchors())
        .isEqualTo(both);
  }

  @Test
  void asksAndReportsNoMoreThanItHasTo() throws Exception {
    String held = Bundle.fingerprint(pki.anchors());
    keeper.check(shown, held);
    keeper.check(shown, held);
    assertThat(est.caRequests).hasValue(0);
    assertThat(est.reports).hasSize(1);

    // A service that says nothing of its bundle is asked for it.
    keeper.check(shown, null);
    assertThat(est.caRequests).hasValue(1);
    assertThat(est.reports).hasSize(1);

    Credential renewed = operational();
    keeper.check(renewed, held);
    assertThat(est.reports).extracting(FakeEst.Report::shown).endsWith(renewed.certificate());
  }

  @Test
  void reportsAgainAfterADay() throws Exception {
    String held = Bundle.fingerprint(pki.anchors());
    Instant start = Instant.now();
    Instant[] now = {start};
    BundleKeeper daily = keeper(new SettableClock(() -> now[0]));
    daily.check(shown, held);
    now[0] = start.plus(Duration.ofHours(23));
    daily.check(shown, held);
    assertThat(est.reports).hasSize(1);
    now[0] = start.plus(Duration.ofHours(25));
    daily.check(shown, held);
    assertThat(est.reports).hasSize(2);
  }

  @Test
  void anotherRootCountsAtOnceWhereverTheDeviceConnects() throws Exception {
    TlsCredential credential = TlsCredential.stored(shown, trust);
    replaced.add(credential);
    SSLContext before = credential.context();
    est.caCertificates = next.both();
    keeper.check(shown, null);
    est.show(next.server.credential());
    assertThat(client(before).caCertificates()).hasSize(5);

    est.caCertificates = next.alone();
    keeper.check(shown, null);

    assertThat(trust.anchors()).isEqualTo(nextAlone);
    assertThat(stored()).isEqualTo(nextAlone);
    assertThat(est.reports)
        .extracting(FakeEst.Report::bundle)
        .containsExactly(Bundle.fingerprint(both), Bundle.fingerprint(nextAlone));
    est.show(pki.server.credential());
    assertThatThrownBy(() -> client(before).caCertificates())
        .isInstanceOf(EstException.class)
        .satisfies(e -> assertThat(Failures.isDistrust(e)).isTrue());
  }

  @Test
  void whoTrustsOnlyTheOldRootFollowsToTheNew() throws Exception {
    est.show(next.serverForBoth());
    est.caCertificates =
        List.of(next.root.certificate(), next.newWithOld.certificate(), pki.issuing.certificate());

    keeper.check(shown, null);

    assertThat(trust.anchors()).isEqualTo(nextAlone);
  }

  private void assertRefused(String why) throws Exception {
    keeper.check(shown, "0".repeat(64));
    keeper.check(shown, "0".repeat(64));

    await().until(() -> events.count("trustRefused") > 0);
    assertThat(events.count("trustRefused")).as("told once").isEqualTo(1);
    assertThat(events.causes.get(0))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("those before stay")
        .hasMessageContaining(why);
    assertThat(trust.anchors()).isEqualTo(pki.anchors());
    assertThat(stored()).isEqualTo(pki.anchors());
    assertThat(est.reports)
        .extracting(FakeEst.Report::bundle)
        .containsExactly(Bundle.fingerprint(pki.anchors()));
  }

  @Test
  void refusesARootNobodyVouchesFor() throws Exception {
    est.caCertificates = List.of(pki.root.certificate(), next.root.certificate());
    assertRefused("vouches for the new root 'CN=next root'");
  }

  @Test
  void refusesARootThatHasExpired() throws Exception {
    Instant now = Instant.now();
    HeldCertificate expired = HeldCertificate.builder()
        .authority(1)
        .validity(now.minusSeconds(60), now.minusSeconds(1))
        .build();
    est.caCertificates = List.of(pki.root.certificate(), expired.certificate());
    assertRefused("not now");
  }

  @Test
  void refusesABundleWithoutARoot() throws Exception {
    est.caCertificates = List.of(pki.issuing.certificate());
    assertRefused("there is no root");
  }

  @Test
  void refusesAnEmptyAnswer() throws Exception {
    est.caCertificates = List.of();
    assertRefused("not a certs-only PKCS#7 message with certificates");
  }

  @Test
  void refusesGarbage() throws Exception {
    est.before = exchange -> {
      byte[] garbage = "bm8gY2VydGlmaWNhdGU=".getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, garbage.length);
      exchange.getResponseBody().write(garbage);
      return true;
    };
    assertRefused("not a certs-only PKCS#7 message");
  }

  @Test
  void refusesRootsByWhichTheServiceCannotBeReached() throws Exception {
    est.caCertificates = List.of(next.root.certificate(), next.newWithOld.certificate());
    assertRefused("the service's own certificate is not by any of them");
  }

  @Test
  void doesNotMindAServerThatTakesNoReports() throws Exception {
    est.close();
    est = new FakeEst(pki);
    est.caCertificates = next.both();

    keeper(Clock.systemUTC()).check(shown, null);

    assertThat(trust.anchors()).isEqualTo(both);
  }

  @Test
  void keepsWhatItHasWhenTheServiceIsAway() {
    est.close();
    assertThatThrownBy(() -> keeper.check(shown, null)).isInstanceOf(EstException.class);
    keeper.doubt(shown);
    assertThat(trust.anchors()).isEqualTo(pki.anchors());
    assertThat(events.names).isEmpty();
  }
}
