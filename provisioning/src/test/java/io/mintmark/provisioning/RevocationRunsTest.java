package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.LATER;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.provisioning.revocation.RevocationRun;
import io.mintmark.provisioning.revocation.RevocationRuns;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Taking trust back from many. The worker is not started: each test works off when it wants. */
class RevocationRunsTest {

  private static final FleetId NONE = new FleetId("none");

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private RevocationRuns runs() {
    return installation.get().revocationRuns();
  }

  private RevocationRun workedOff(RevocationRun run) throws Refusal {
    assertThat(installation.get().runWorker().workOff()).isTrue();
    return runs().find(run.id());
  }

  private List<Denial> denials(String word) throws Refusal {
    return installation.get().feed().after(0).entries().stream()
        .map(FeedEntry::denial)
        .filter(Objects::nonNull)
        .filter(denial -> denial.reason().equals(word))
        .toList();
  }

  private String factoryCa() {
    return KeyIds.hex(installation.factory.certificate().getPublicKey());
  }

  private String issuer() {
    return installation.get().authority().issuingKeyId();
  }

  @Test
  void revokesAFleet() throws Exception {
    installation.manifest("d-1", "d-2", "d-3", "d-4");
    installation.enroll("d-1");
    installation.enroll("d-2");
    installation.get().revoker().suspend(new DeviceId("d-2"), OPERATOR);
    installation.get().revoker().retire(new DeviceId("d-4"), OPERATOR);

    RevocationRun begun = runs().revokeFleet(SENSORS, "keyCompromise", OPERATOR);
    assertThat(begun.total()).isEqualTo(3);
    RevocationRun done = workedOff(begun);

    assertThat(done.done()).isEqualTo(3);
    assertThat(done.certificates()).isEqualTo(2);
    assertThat(done.finishedAt()).isNotNull();
    for (String device : List.of("d-1", "d-2", "d-3")) {
      assertThat(installation.device(device)).as(device).satisfies(view -> {
        assertThat(view.state()).isEqualTo(DeviceState.REVOKED);
        assertThat(view.reason()).isEqualTo("keyCompromise");
        assertThat(view.run()).isEqualTo(done.id());
      });
    }
    assertThat(installation.device("d-4").state()).isEqualTo(DeviceState.RETIRED);
    assertThat(installation.states("d-2")).containsExactly(CertificateState.REVOKED);
    assertThat(denials("revoked")).hasSize(5);
    assertThat(installation.audited())
        .contains("fleet.revoke sensors", "device.revoked d-3", "revocation.done " + done.id());
    assertRefused(FORBIDDEN, "'d-3' is revoked", () -> installation.enroll("d-3"));
    installation.manifest("d-5");
    assertThat(installation.enroll("d-5")).isNotNull();
  }

  @Test
  void suspendsAFleetAndReleasesThoseItSuspended() throws Exception {
    installation.manifest("d-1", "d-2", "d-3");
    X509Certificate certificate = installation.enroll("d-1");
    installation.get().revoker().suspend(new DeviceId("d-2"), OPERATOR);

    workedOff(runs().suspendFleet(SENSORS, OPERATOR));
    installation.manifest("d-4");
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(installation
            .get()
            .certificates()
            .find(certificate.getSerialNumber().toString(16))
            .reason())
        .isEqualTo("certificateHold");
    assertRefused(FORBIDDEN, "'d-1' is suspended", () -> installation.renew(certificate));
    assertRefused(FORBIDDEN, "fleet 'sensors' is suspended", () -> installation.enroll("d-4"));

    RevocationRun released = workedOff(runs().releaseFleet(SENSORS, OPERATOR));
    assertThat(released.done()).isEqualTo(2);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(installation.device("d-2").state()).isEqualTo(DeviceState.SUSPENDED);
    assertThat(installation.device("d-3").state()).isEqualTo(DeviceState.PENDING);
    assertThat(installation
            .get()
            .certificates()
            .find(certificate.getSerialNumber().toString(16))
            .reason())
        .isNull();
    assertThat(installation.renew(certificate)).isNotNull();
    assertThat(installation.enroll("d-4")).isNotNull();
    assertThat(denials("suspended")).filteredOn(Denial::lifted).hasSize(2);
  }

  @Test
  void aRevokedFactoryCaOpensNothingAndTakesWithItWhatCameOfIt() throws Exception {
    HeldCertificate other = HeldCertificate.builder()
        .commonName("Other factory")
        .authority(1)
        .validity(
            installation.clock.instant().minus(Duration.ofDays(1)),
            installation.clock.instant().plus(Duration.ofDays(3650)))
        .build();
    installation.apply(TestInstallation.yaml(SENSORS, installation.factory)
        .replace(
            "certificate:",
            "  - \"" + other.certificatePem().replace("\n", "\\n") + "\"\ncertificate:"));
    installation.manifest("d-1", "d-2", "d-3");
    X509Certificate first = installation.enroll("d-1");
    X509Certificate renewed = installation.renew(first);
    X509Certificate kept = enroll("d-2", other);
    installation.enroll("d-2");
    assertThat(installation.get().factoryCas().list())
        .extracting(view -> view.state() + " " + view.certificates())
        .containsExactly("trusted 3", "trusted 1");

    RevocationRun run = runs().revokeFactoryCa(factoryCa(), "cACompromise", OPERATOR);
    assertRefused(FORBIDDEN, "which was revoked at", () -> installation.enroll("d-3"));
    assertRefused(LATER, "are being revoked", () -> installation.renew(renewed));
    assertThat(workedOff(run).done()).isEqualTo(3);

    assertThat(installation.states("d-1"))
        .containsExactly(CertificateState.REVOKED, CertificateState.REVOKED);
    assertThat(installation.states("d-2"))
        .containsExactly(CertificateState.REVOKED, CertificateState.ISSUED);
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
    assertThat(installation.renew(kept)).isNotNull();
    assertRefused(
        FORBIDDEN,
        "below factory CA " + factoryCa() + ", which was revoked at",
        () -> installation.enroll("d-1"));
    assertThat(enroll("d-1", other)).isNotNull();
    assertThat(installation.get().factoryCas().list()).first().satisfies(view -> {
      assertThat(view.state()).isEqualTo("revoked");
      assertThat(view.reason()).isEqualTo("cACompromise");
    });
    installation.restart();
    assertRefused(FORBIDDEN, "which was revoked at", () -> installation.enroll("d-3"));
  }

  private X509Certificate enroll(String device, HeldCertificate factory) throws Refusal {
    HeldCertificate bootstrap = HeldCertificate.builder()
        .commonName(device)
        .validity(
            installation.clock.instant().minus(Duration.ofDays(1)),
            installation.clock.instant().plus(Duration.ofDays(3650)))
        .signedBy(factory)
        .build();
    return installation
        .get()
        .enroller()
        .enroll(
            SENSORS,
            bootstrap.chain(),
            TestInstallation.request(CertificateRequest.newKeyPair().getPublic()));
  }

  @Test
  void revokesWhatAnIssuerSignedBeforeATime() throws Exception {
    installation.manifest("d-1", "d-2");
    X509Certificate old = installation.enroll("d-1");
    installation.get().applications().define("app", TopicGrants.NONE, OPERATOR);
    X509Certificate application = installation
        .get()
        .applications()
        .certify(
            "app", TestInstallation.request(CertificateRequest.newKeyPair().getPublic()), OPERATOR);
    X509Certificate broker = installation
        .get()
        .brokers()
        .certify(
            "b1",
            TestInstallation.request(CertificateRequest.newKeyPair().getPublic()),
            List.of("localhost"),
            OPERATOR);
    installation.clock.move(Duration.ofMinutes(5));
    Instant before = installation.clock.instant();
    installation.clock.move(Duration.ofMinutes(5));
    X509Certificate young = installation.enroll("d-2");

    RevocationRun run = runs().revokeIssued(issuer(), before, "cACompromise", OPERATOR);
    assertThat(run.total()).isEqualTo(2);
    assertThat(run.leftOut()).isEqualTo(1);
    assertRefused(LATER, "are being revoked", () -> installation.renew(old));
    workedOff(run);

    assertThat(installation.get().certificates().list(issuer(), null, 10))
        .filteredOn(view -> view.state() == CertificateState.REVOKED)
        .extracting(view -> view.serial() + " " + view.reason())
        .containsExactlyInAnyOrder(
            old.getSerialNumber().toString(16) + " cACompromise",
            application.getSerialNumber().toString(16) + " cACompromise");
    assertThat(installation.get().brokers().authenticate(List.of(broker))).isNotNull();
    assertThat(installation.renew(young)).isNotNull();
    assertThat(installation.enroll("d-1")).isNotNull();
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
  }

  @Test
  void nobodySlipsThroughWhileItGoesOn() throws Exception {
    installation.apply(
        TestInstallation.yaml(SENSORS, installation.factory).concat("enrolment: {mode: open}\n"));
    X509Certificate certificate = installation.enroll("m-1");

    RevocationRun run = runs().revokeFleet(SENSORS, null, OPERATOR);

    assertRefused(LATER, "are being revoked", () -> installation.enroll("a-0"));
    assertRefused(LATER, "are being revoked", () -> installation.renew(certificate));
    assertThat(installation.get().runWorker().batch(run)).isFalse();
    // Imported at this moment, by id before those that are done.
    installation.manifest("a-1");
    assertThat(workedOff(run).done()).isEqualTo(2);
    assertThat(installation.device("a-1").state()).isEqualTo(DeviceState.REVOKED);
    assertThat(installation.enroll("a-0")).isNotNull();
  }

  /** Between the moments a certificate is reserved and recorded a whole run may begin and end. */
  @Test
  void nobodySlipsThroughWhoseCertificateIsBeingSigned() throws Exception {
    installation.manifest("d-1", "d-2");
    X509Certificate certificate = installation.enroll("d-1");
    String serial = certificate.getSerialNumber().toString(16);
    AtomicBoolean serialFirst = new AtomicBoolean(true);
    installation.stop();
    installation.start(signer -> toBeSigned -> {
      if (isCheckpoint(toBeSigned)) {
        return signer.sign(toBeSigned);
      }
      try {
        if (serialFirst.getAndSet(false)) {
          installation.get().certificateRevoker().revoke(serial, null, null, OPERATOR);
        } else {
          workedOff(runs().revokeFactoryCa(factoryCa(), "cACompromise", OPERATOR));
        }
      } catch (Refusal e) {
        throw new GeneralSecurityException(e);
      }
      return signer.sign(toBeSigned);
    });

    assertRefused(FORBIDDEN, serial + " is revoked", () -> installation.renew(certificate));
    assertRefused(
        FORBIDDEN, "was revoked while its certificate was made", () -> installation.enroll("d-2"));
    assertThat(installation.get().certificates().list(issuer(), null, 10))
        .noneMatch(view ->
            view.identity().contains("/device/") && view.state() == CertificateState.ISSUED);
  }

  /** The audit log is signed by the same key, whenever it is time. */
  private static boolean isCheckpoint(byte[] toBeSigned) {
    return new String(toBeSigned, US_ASCII).startsWith("mintmark audit checkpoint");
  }

  @Test
  void goesOnAfterTheLastWholeBatchInAnotherProcess() throws Exception {
    installation.manifest(IntStream.range(0, 600).mapToObj(i -> "d-" + i).toArray(String[]::new));
    RevocationRun run = runs().revokeFleet(SENSORS, "superseded", OPERATOR);
    installation.get().runWorker().batch(run);
    assertThat(runs().find(run.id()).done()).isEqualTo(250);
    assertThat(runs().resume(run.id()).finishedAt()).isNull();

    installation.restart();
    RevocationRun done = workedOff(run);

    assertThat(done.done()).isEqualTo(600);
    assertThat(installation
            .get()
            .devices()
            .list(new DeviceFilter(SENSORS, DeviceState.REVOKED), null, 1000)
            .devices())
        .hasSize(600);
    assertThat(installation.audited().stream().filter(row -> row.startsWith("device.revoked")))
        .hasSize(600)
        .doesNotHaveDuplicates();
    assertRefused(CONFLICT, "(revoke fleet sensors) was done at", () -> runs().resume(run.id()));
  }

  @Test
  void askingAgainWhileItIsUnderWayIsTheSameRun() throws Exception {
    installation.manifest("d-1");
    RevocationRun run = runs().revokeFleet(SENSORS, "keyCompromise", OPERATOR);

    assertThat(runs().revokeFleet(SENSORS, "keyCompromise", OPERATOR).id()).isEqualTo(run.id());
    assertRefused(
        CONFLICT,
        "run " + run.id() + " (revoke fleet sensors) is under way",
        () -> runs().revokeFleet(SENSORS, "superseded", OPERATOR));
    assertRefused(CONFLICT, "is under way", () -> runs().suspendFleet(SENSORS, OPERATOR));
    assertThat(runs().list()).singleElement().isEqualTo(run);
  }

  @Test
  void whatMakesNoSenseChangesNothing() throws Exception {
    installation.manifest("d-1");
    installation.enroll("d-1");
    List<String> before = installation.audited();
    Instant now = installation.clock.instant();

    assertRefused(NOT_FOUND, "'none'", () -> runs().revokeFleet(NONE, null, OPERATOR));
    assertRefused(NOT_FOUND, "'none'", () -> runs().suspendFleet(NONE, OPERATOR));
    assertRefused(NOT_FOUND, "'none'", () -> runs().releaseFleet(NONE, OPERATOR));
    assertRefused(
        CONFLICT, "'sensors' is not suspended", () -> runs().releaseFleet(SENSORS, OPERATOR));
    assertRefused(
        INVALID, "below a CA", () -> runs().revokeFleet(SENSORS, "cACompromise", OPERATOR));
    assertRefused(
        NOT_FOUND, "factory-ca list", () -> runs().revokeFactoryCa("00ff", null, OPERATOR));
    assertRefused(
        INVALID,
        "certificateHold",
        () -> runs().revokeFactoryCa(factoryCa(), "certificateHold", OPERATOR));
    assertRefused(
        NOT_FOUND, "there is no CA", () -> runs().revokeIssued("00ff", now, null, OPERATOR));
    assertRefused(
        INVALID,
        "is to come",
        () -> runs().revokeIssued(issuer(), now.plusSeconds(1), null, OPERATOR));
    assertRefused(
        INVALID, "before is missing", () -> runs().revokeIssued(issuer(), null, null, OPERATOR));
    assertRefused(
        CONFLICT,
        "signed nothing before",
        () -> runs().revokeIssued(issuer(), now.minusSeconds(60), null, OPERATOR));
    assertRefused(NOT_FOUND, "there is no run 1", () -> runs().find(1));
    assertRefused(NOT_FOUND, "there is no run 1", () -> runs().resume(1));
    assertThat(installation.audited()).isEqualTo(before);

    workedOff(runs().suspendFleet(SENSORS, OPERATOR));
    assertRefused(
        CONFLICT,
        "'sensors' is suspended since " + now + " by run 1",
        () -> runs().suspendFleet(SENSORS, OPERATOR));
    workedOff(runs().revokeFleet(SENSORS, null, OPERATOR));
    assertRefused(
        CONFLICT,
        "no device that is not revoked",
        () -> runs().revokeFleet(SENSORS, null, OPERATOR));
    workedOff(runs().revokeFactoryCa(factoryCa(), "cACompromise", OPERATOR));
    assertRefused(
        CONFLICT,
        "is revoked since " + now + " (cACompromise) by run 3",
        () -> runs().revokeFactoryCa(factoryCa(), null, OPERATOR));
  }
}
