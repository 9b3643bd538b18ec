package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainCheckTest {

  private final TestPki pki = new TestPki();
  private final ChainCheck check = new ChainCheck(Trust.of(pki.anchors()), Clock.systemUTC());

  private void refuses(List<X509Certificate> chain) {
    assertThatThrownBy(() -> check.require(chain))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.UNTRUSTED));
  }

  @Test
  void aChainToOurRootPasses() {
    HeldCertificate device = pki.device("sensors", "d1");
    assertThatCode(() -> check.require(device.chain())).doesNotThrowAnyException();
    assertThatCode(() -> check.require(
            List.of(device.certificate(), pki.issuing.certificate(), pki.root.certificate())))
        .as("with the root shown too")
        .doesNotThrowAnyException();
  }

  @Test
  void nothingElsePasses() {
    HeldCertificate other =
        HeldCertificate.builder().commonName("root").authority(1).build();
    HeldCertificate stranger = HeldCertificate.builder()
        .commonName("d1")
        .uri(TestPki.deviceId("sensors", "d1"))
        .signedBy(other)
        .build();
    refuses(stranger.chain());
    refuses(List.of(stranger.certificate(), other.certificate()));
    refuses(List.of(stranger.certificate(), pki.issuing.certificate()));
    refuses(List.of(stranger.certificate(), pki.root.certificate()));
    refuses(List.of(pki.device("sensors", "d1").certificate()));
    refuses(List.of(pki.root.certificate()));
  }

  /** NewWithOld and OldWithNew of RFC 4210, section 4.4. */
  @Test
  void crossCertificatesLeadFromEitherRoot() {
    HeldCertificate newRoot =
        HeldCertificate.builder().commonName("new root").authority(1).build();
    HeldCertificate newIssuing = HeldCertificate.builder()
        .commonName("new issuing")
        .authority(0)
        .signedBy(newRoot)
        .build();
    HeldCertificate newWithOld = HeldCertificate.builder()
        .commonName("new root")
        .keys(newRoot.keys())
        .authority(1)
        .signedBy(pki.root)
        .build();
    HeldCertificate device = HeldCertificate.builder()
        .commonName("d1")
        .uri(TestPki.deviceId("sensors", "d1"))
        .signedBy(newIssuing)
        .build();
    List<X509Certificate> shown =
        List.of(device.certificate(), newIssuing.certificate(), newWithOld.certificate());
    for (List<X509Certificate> bundle : List.of(
        List.of(newRoot.certificate()),
        pki.anchors(),
        List.of(pki.root.certificate(), newRoot.certificate()))) {
      check.trust(Trust.of(bundle));
      assertThatCode(() -> check.require(shown)).doesNotThrowAnyException();
    }
    check.trust(Trust.of(List.of(
        HeldCertificate.builder().commonName("new root").authority(1).build().certificate())));
    refuses(shown);
  }

  @Test
  void whatBelongsToNoPathDoesNoHarm() {
    HeldCertificate device = pki.device("sensors", "d1");
    HeldCertificate other =
        HeldCertificate.builder().commonName("other").authority(1).build();
    assertThatCode(() -> check.require(
            List.of(device.certificate(), other.certificate(), pki.issuing.certificate())))
        .doesNotThrowAnyException();
  }

  @Test
  void newAnchorsReplaceTheOld() {
    HeldCertificate other =
        HeldCertificate.builder().commonName("root").authority(1).build();
    check.trust(Trust.of(List.of(other.certificate())));
    refuses(pki.device("sensors", "d1").chain());
  }
}
