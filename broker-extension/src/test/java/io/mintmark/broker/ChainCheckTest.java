package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.KeyId;
import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

class ChainCheckTest {

  private static final Duration DAY = Duration.ofDays(1);

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

  /** The first one under a CA is validated in full, and those after it must not be held to less. */
  @Test
  void thoseAfterTheFirstAreHeldToTheSame() throws Exception {
    SettableClock clock = new SettableClock();
    Instant now = clock.instant();
    HeldCertificate root = HeldCertificate.builder()
        .commonName("root")
        .authority(1)
        .validity(now.minus(DAY), now.plus(DAY.multipliedBy(9)))
        .build();
    HeldCertificate issuing = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .validity(now.minus(DAY), now.plus(DAY.multipliedBy(3)))
        .signedBy(root)
        .build();
    ChainCheck atNoon = new ChainCheck(Trust.of(List.of(root.certificate())), clock);
    List<String> cas = atNoon.require(device(issuing, now, DAY.multipliedBy(9)).chain());
    assertThat(cas)
        .containsExactly(
            KeyId.of(issuing.certificate().getPublicKey()),
            KeyId.of(root.certificate().getPublicKey()));
    HeldCertificate second = device(issuing, now, DAY.multipliedBy(9));
    assertThat(atNoon.require(second.chain())).isEqualTo(cas);

    HeldCertificate impostor = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .validity(now.minus(DAY), now.plus(DAY.multipliedBy(3)))
        .build();
    HeldCertificate forged = device(impostor, now, DAY);
    refuses(atNoon, List.of(forged.certificate(), issuing.certificate()), Refusal.UNTRUSTED);
    refuses(atNoon, device(issuing, now.plus(DAY), DAY).chain(), Refusal.EXPIRED);
    refuses(atNoon, device(issuing, now.minus(DAY.multipliedBy(3)), DAY).chain(), Refusal.EXPIRED);
    clock.advance(DAY.multipliedBy(4));
    refuses(atNoon, second.chain(), Refusal.UNTRUSTED);
  }

  @Test
  void constraintsOnNamesAreHeldAgainstEach() throws Exception {
    HeldCertificate constrained = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .extension(
            Extension.nameConstraints,
            true,
            new NameConstraints(
                    new GeneralSubtree[] {
                      new GeneralSubtree(
                          new GeneralName(GeneralName.uniformResourceIdentifier, "example.org"))
                    },
                    null)
                .getEncoded())
        .signedBy(pki.root)
        .build();
    for (int i = 0; i < 2; i++) {
      HeldCertificate inside = HeldCertificate.builder()
          .commonName("d1")
          .uri("spiffe://example.org/fleet/sensors/device/d1")
          .signedBy(constrained)
          .build();
      assertThatCode(() -> check.require(inside.chain())).doesNotThrowAnyException();
      HeldCertificate outside = HeldCertificate.builder()
          .commonName("d1")
          .uri("spiffe://elsewhere.org/fleet/sensors/device/d1")
          .signedBy(constrained)
          .build();
      refuses(outside.chain());
    }
  }

  private static HeldCertificate device(HeldCertificate issuer, Instant from, Duration lifetime) {
    return HeldCertificate.builder()
        .commonName("d1")
        .uri(TestPki.deviceId("sensors", "d1"))
        .validity(from, from.plus(lifetime))
        .signedBy(issuer)
        .build();
  }

  private static void refuses(ChainCheck check, List<X509Certificate> chain, Refusal refusal) {
    assertThatThrownBy(() -> check.require(chain))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(refusal));
  }
}
