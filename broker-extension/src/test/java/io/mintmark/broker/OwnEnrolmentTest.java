package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.CredentialStore;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that was invited, killed after each step. */
class OwnEnrolmentTest {

  @TempDir
  Path folder;

  private final TestPki pki = new TestPki();
  private final SettableClock clock = new SettableClock();
  private FakeFeed service;
  private Path invitation;

  @BeforeEach
  void start() throws Exception {
    service = new FakeFeed(pki).start();
    service.issue(key -> pki.renewed("b1", key, pki.issuing), pki.root, pki.issuing);
    invitation = invite("b1");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  /** Signed by our root only because the fake service asks for that. */
  private Path invite(String name) throws Exception {
    Credential shown = HeldCertificate.builder()
        .commonName(name)
        .purposes(KeyPurposeId.id_kp_clientAuth)
        .signedBy(pki.root)
        .build()
        .credential();
    return Files.writeString(
        Files.createTempFile(folder, "invitation", ".pem"),
        Pem.encode(shown.key())
            + Pem.encode(shown.chain().subList(0, 1))
            + Pem.encode(pki.anchors()));
  }

  private Path home() {
    return folder.resolve("home");
  }

  private void ensure() throws StartRefusedException {
    new OwnEnrolment(
            new ExtensionSettings(
                home(),
                service.uri(),
                Duration.ofHours(1),
                null,
                null,
                ConnectRates.DEFAULT,
                invitation),
            clock)
        .ensure();
  }

  private BigInteger serial() throws Exception {
    Credential credential =
        new CredentialStore(home().resolve("credential.pem")).load().orElseThrow();
    assertThat(credential.identity().spiffeId()).isEqualTo(TestPki.brokerId("b1"));
    return credential.certificate().getSerialNumber();
  }

  @Test
  void anInvitationBecomesACredentialOnce() throws Exception {
    ensure();
    BigInteger serial = serial();
    assertThat(Pem.certificates(Files.readString(home().resolve("trust.pem"))))
        .isEqualTo(pki.anchors());
    ensure();
    Files.delete(invitation);
    ensure();
    assertThat(serial()).isEqualTo(serial);
    assertThat(service.enrolments()).hasSize(1);
    assertThat(home().resolve("bootstrap-key.pem")).doesNotExist();
  }

  @Test
  void wheneverItIsKilledTheNextStartGoesOn() throws Exception {
    service.loseAnswers(true);
    assertThatThrownBy(this::ensure)
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("could not obtain one from " + service.uri());
    Path pending = home().resolve("bootstrap-key.pem");
    String key = Files.readString(pending);
    service.loseAnswers(false);
    ensure();
    BigInteger serial = serial();

    // Before the note of what was used.
    Files.writeString(pending, key);
    Files.delete(home().resolve("bootstrap.used"));
    ensure();
    assertThat(serial()).isEqualTo(serial);

    // Between that and the end.
    int asked = service.enrolments().size();
    Files.writeString(pending, key);
    ensure();
    assertThat(pending).doesNotExist();
    assertThat(service.enrolments()).hasSize(asked);
  }

  @Test
  void anotherInvitationReplacesTheCredential() throws Exception {
    ensure();
    BigInteger before = serial();
    invitation = invite("b1");
    ensure();
    assertThat(serial()).isNotEqualTo(before);
  }

  @Test
  void aUsedOneIsOfNoUseToWhoHasNoCredential() throws Exception {
    ensure();
    Files.delete(home().resolve("credential.pem"));
    assertThatThrownBy(this::ensure)
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("the service refuses the invitation " + invitation)
        .hasMessageContaining("the invitation was used")
        .hasMessageContaining("mintmark broker invite");
  }

  @Test
  void whatIsNoInvitationIsNamed() throws Exception {
    String whole = Files.readString(invitation);
    Files.writeString(invitation, whole.substring(0, whole.lastIndexOf("-----BEGIN")));
    assertThatThrownBy(this::ensure).hasMessageContaining("it names no root to trust");
    Files.writeString(invitation, "nothing");
    assertThatThrownBy(this::ensure).hasMessageContaining("is no invitation of a broker");
    Files.delete(invitation);
    assertThatThrownBy(this::ensure).hasMessageContaining("cannot be read");
    invitation = invite("b2");
    assertThatThrownBy(this::ensure).hasMessageContaining("is not of broker 'b2'");
  }
}
