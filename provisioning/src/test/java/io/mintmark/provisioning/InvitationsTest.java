package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static io.mintmark.provisioning.TestInstallation.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvitationsTest {

  private static final List<String> HOSTS = List.of("mqtt.example.org");

  @TempDir
  Path folder;

  private TestInstallation installation;
  private final SigningRequest request = request(CertificateRequest.newKeyPair().getPublic());
  private final SigningRequest other = request(CertificateRequest.newKeyPair().getPublic());

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Credential invite(Duration time) throws Refusal {
    return installation
        .get()
        .invitations()
        .invite("b1", HOSTS, installation.clock.instant().plus(time), OPERATOR);
  }

  private X509Certificate enroll(Credential shown, SigningRequest wanted) throws Refusal {
    Invitations invitations = installation.get().invitations();
    return invitations.enroll(invitations.of(shown.chain()).orElseThrow(), wanted);
  }

  @Test
  void isForOneCertificateOfThatBroker() throws Exception {
    Credential shown = invite(Duration.ofHours(1));
    X509Certificate certificate = enroll(shown, request);
    assertThat(Identity.of(certificate).spiffeId()).isEqualTo("spiffe://example.org/broker/b1");
    assertThat(certificate.getSubjectAlternativeNames().toString()).contains(HOSTS.get(0));
    assertThat(enroll(shown, request)).isEqualTo(certificate);
    assertRefused(FORBIDDEN, "broker 'b1' was used at", () -> enroll(shown, other));
    assertThat(installation.audited())
        .endsWith(
            "broker.invited b1",
            "broker.invitation-used b1",
            "broker.created b1",
            "broker.certified b1");
  }

  @Test
  void survivesARestartOfTheServiceBetweenTwoAttempts() throws Exception {
    Credential shown = invite(Duration.ofHours(1));
    X509Certificate certificate = enroll(shown, request);
    installation.restart();
    assertThat(enroll(shown, request)).isEqualTo(certificate);
  }

  @Test
  void opensNothingInPlaceOfACertificateThatWasTakenBack() throws Exception {
    Credential shown = invite(Duration.ofHours(1));
    String serial = enroll(shown, request).getSerialNumber().toString(16);
    installation.get().certificateRevoker().revoke(serial, null, "superseded", OPERATOR);
    assertRefused(FORBIDDEN, "was used at", () -> enroll(shown, request));
    assertThat(enroll(invite(Duration.ofHours(1)), other)).isNotNull();
  }

  @Test
  void endsAndIsWithdrawnByTheNext() throws Exception {
    Credential first = invite(Duration.ofHours(1));
    Credential second = invite(Duration.ofHours(1));
    assertRefused(FORBIDDEN, "broker 'b1' was withdrawn at", () -> enroll(first, request));
    installation.clock.move(Duration.ofHours(1));
    assertRefused(FORBIDDEN, "broker 'b1' ended at", () -> enroll(second, request));
    assertThat(installation.get().invitations().of(installation.bootstrap("d").chain()))
        .isEmpty();
  }

  @Test
  void isOfNoUseForAnotherName() throws Exception {
    Credential shown = invite(Duration.ofHours(1));
    SigningRequest named =
        new SigningRequest(request.publicKey(), new X500Principal("CN=b2").getEncoded(), null);
    assertRefused(INVALID, "contradicts the identity", () -> enroll(shown, named));
    assertRefused(INVALID, "use a time from now on, within 7d", () -> invite(Duration.ofDays(8)));
    assertRefused(INVALID, "use a time from now on", () -> invite(Duration.ZERO));
  }
}
