package io.mintmark.simulators.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForgerTest {

  private final HeldCertificate root =
      HeldCertificate.builder().commonName("real root").authority(1).build();
  private final HeldCertificate issuer = HeldCertificate.builder()
      .commonName("real issuer")
      .authority(0)
      .signedBy(root)
      .build();
  private final HeldCertificate genuine =
      HeldCertificate.builder().commonName("other-1").signedBy(issuer).build();
  private final Identity.Device victim = new Identity.Device(
      new TrustDomain("test.example"), new FleetId("sensors"), new DeviceId("victim-1"));
  private final Forger forger = new Forger(Clock.systemUTC());

  @Test
  void theNamesAreRightAndNothingElseIs() throws Exception {
    Credential lookalike = forger.lookalike(victim, genuine.chain(), root.certificate());
    Credential underRealIssuer = forger.underRealIssuer(victim, genuine.chain());

    for (Credential forged : List.of(lookalike, underRealIssuer)) {
      assertThat(forged.identity()).isEqualTo(victim);
      assertThat(forged.certificate().getIssuerX500Principal())
          .isEqualTo(issuer.certificate().getSubjectX500Principal());
      assertThatThrownBy(() -> validate(forged.chain(), root.certificate()))
          .isInstanceOf(CertPathValidatorException.class)
          .hasMessageContaining("signature");
    }
    assertThat(underRealIssuer.chain().get(1)).isEqualTo(issuer.certificate());
  }

  /** A forgery that no CA would accept for its form would prove little. */
  @Test
  void thePathIsSoundUnderTheForgersOwnRoot() throws Exception {
    List<X509Certificate> chain =
        forger.lookalike(victim, genuine.chain(), root.certificate()).chain();

    validate(chain.subList(0, 2), chain.get(2));
    assertThat(chain.get(2).getSubjectX500Principal())
        .isEqualTo(root.certificate().getSubjectX500Principal());
  }

  @Test
  void theSelfSignedOneCarriesTheVictimsName() {
    Credential forged = forger.selfSigned(victim);

    assertThat(forged.identity()).isEqualTo(victim);
    assertThat(forged.certificate().getIssuerX500Principal())
        .isEqualTo(forged.certificate().getSubjectX500Principal());
  }

  private static void validate(List<X509Certificate> chain, X509Certificate anchor)
      throws Exception {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
  }
}
