package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.CONFLICT;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.NOT_FOUND;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Denial;
import io.mintmark.provisioning.revocation.CertificateRevoker;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revoking one certificate. */
class CertificateRevokerTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private CertificateRevoker revoker;
  private X509Certificate certificate;
  private String serial;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1", "d-2");
    revoker = installation.get().certificateRevoker();
    certificate = installation.enroll("d-1");
    serial = certificate.getSerialNumber().toString(16);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  @Test
  void revokesItAndLeavesItsDeviceAlone() throws Exception {
    // As openssl prints it with -text.
    String shown = String.join(":", serial.toUpperCase(Locale.ROOT).split("(?<=\\G..)"));
    revoker.revoke(shown, null, "privilegeWithdrawn", OPERATOR);

    assertThat(installation.get().certificates().find(serial)).satisfies(view -> {
      assertThat(view.state()).isEqualTo(CertificateState.REVOKED);
      assertThat(view.reason()).isEqualTo("privilegeWithdrawn");
      assertThat(view.since()).isEqualTo(installation.clock.instant());
      assertThat(view.identity()).endsWith("/device/d-1");
    });
    assertThat(installation.get().feed().after(2).entries().stream()
            .map(entry -> entry.denial())
            .filter(Objects::nonNull))
        .containsExactly(Denial.ofSerial(
            certificate.getSerialNumber(), "revoked", certificate.getNotAfter().toInstant()));
    assertThat(installation.audited()).last().isEqualTo("certificate.revoked d-1");
    assertThat(installation.device("d-1").state()).isEqualTo(DeviceState.ACTIVE);
    assertRefused(
        Refusal.Kind.FORBIDDEN, serial + " is revoked", () -> installation.renew(certificate));
    assertThat(installation.enroll("d-1").getSerialNumber())
        .isNotEqualTo(certificate.getSerialNumber());
  }

  @Test
  void whatItCannotRevokeStaysAsItIs() throws Exception {
    X509Certificate gone = installation.enroll("d-2");
    X509Certificate renewed = installation.renew(gone);
    installation.get().certificatesSeen().seen(renewed.getSerialNumber());
    String superseded = gone.getSerialNumber().toString(16);
    String issuer = installation.get().authority().issuingKeyId();
    String root = installation.get().issuerViews().list().stream()
        .filter(i -> i.role() == Issuer.Role.ROOT)
        .findFirst()
        .orElseThrow()
        .id();
    List<String> before = installation.audited();
    long head = installation.get().feed().head();

    assertRefused(
        NOT_FOUND,
        "no certificate with serial abc was issued here",
        () -> revoker.revoke("0ABC", null, null, OPERATOR));
    assertRefused(INVALID, "'xyz' is none", () -> revoker.revoke("xyz", null, null, OPERATOR));
    assertRefused(
        INVALID, "1' is none", () -> revoker.revoke("1".repeat(41), null, null, OPERATOR));
    assertRefused(
        NOT_FOUND, "there is no CA 'ff'", () -> revoker.revoke(serial, "ff", null, OPERATOR));
    assertRefused(INVALID, "is a root", () -> revoker.revoke(serial, root, null, OPERATOR));
    assertRefused(
        INVALID,
        "did you mean 'keyCompromise'",
        () -> revoker.revoke(serial, issuer, "keyComprimise", OPERATOR));
    assertRefused(
        CONFLICT,
        superseded + " is superseded since " + installation.clock.instant() + " (superseded)",
        () -> revoker.revoke(superseded, null, null, OPERATOR));
    assertThat(installation.audited()).isEqualTo(before);

    revoker.revoke(serial, issuer, null, OPERATOR);
    assertRefused(
        CONFLICT,
        serial + " is revoked since " + installation.clock.instant() + " (unspecified) already",
        () -> revoker.revoke(serial, null, "keyCompromise", OPERATOR));
    installation.clock.move(Duration.ofDays(8));
    assertRefused(
        CONFLICT,
        "expired at " + renewed.getNotAfter().toInstant(),
        () -> revoker.revoke(renewed.getSerialNumber().toString(16), null, null, OPERATOR));
    assertThat(installation.audited()).hasSize(before.size() + 1);
    assertThat(installation.get().feed().head()).isEqualTo(head + 1);
  }

  @Test
  void aCertificateOfAnotherOfOurIssuersIsNotMeant() throws Exception {
    String old = installation.get().authority().issuingKeyId();
    String next = installation.get().caPreparer().issuing(OPERATOR);
    installation.get().caActivator().activate(next, true, OPERATOR);

    assertRefused(
        NOT_FOUND,
        serial + " is not of issuing CA " + next + " but of " + old,
        () -> revoker.revoke(serial, next, null, OPERATOR));
    revoker.revoke(serial, old, null, OPERATOR);
  }

  @Test
  void theLatestAreListed() throws Exception {
    installation.enroll("d-2");
    String issuer = installation.get().authority().issuingKeyId();

    assertThat(installation.get().certificates().list(issuer, null, 2))
        .extracting(view -> view.identity().replaceAll(".*/", ""))
        .containsExactly("d-2", "d-1");
    assertThat(installation
            .get()
            .certificates()
            .list(null, "spiffe://example.org/fleet/sensors/device/d-1", 10))
        .singleElement()
        .satisfies(view -> assertThat(view.serial()).isEqualTo(serial));
  }
}
