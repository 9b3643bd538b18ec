package io.mintmark.provisioning.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class CaChainTest {

  private final Instant now = Instant.now();
  private final HeldCertificate root = ca("root", 3, 100).build();
  private final HeldCertificate between = ca("between", 2, 50).signedBy(root).build();

  private HeldCertificate.Builder ca(String name, int pathLength, int days) {
    return HeldCertificate.builder()
        .commonName(name)
        .authority(pathLength)
        .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(days)));
  }

  private void assertRefused(String text, HeldCertificate issuing, HeldCertificate... others) {
    List<X509Certificate> given = new ArrayList<>(List.of(issuing.certificate()));
    for (HeldCertificate other : others) {
      given.add(other.certificate());
    }
    assertThatThrownBy(() -> CaChain.of(given, List.of(), now))
        .isInstanceOf(CaChainException.class)
        .hasMessageContaining(text);
  }

  @Test
  void leadsOverWhatIsBetweenToTheRoot() throws Exception {
    HeldCertificate issuing = ca("issuing", 0, 40).signedBy(between).build();
    List<X509Certificate> given =
        List.of(issuing.certificate(), root.certificate(), between.certificate());

    CaChain chain = CaChain.of(given, List.of(), now);
    assertThat(chain.between()).containsExactly(between.certificate());
    assertThat(chain.root()).isEqualTo(root.certificate());
    // The root may be known already.
    assertThat(CaChain.of(
            List.of(issuing.certificate(), between.certificate()),
            List.of(root.certificate()),
            now))
        .isEqualTo(chain);
  }

  @Test
  void refusesWhatIsNoCa() {
    assertRefused(
        "'CN=leaf' is no CA's: its basicConstraints lack CA=true",
        HeldCertificate.builder().commonName("leaf").signedBy(root).build(),
        root);
    assertRefused(
        "keyCertSign", ca("i", 0, 9).keyUsage(KeyUsage.cRLSign).signedBy(root).build(), root);
    assertRefused(
        "cRLSign", ca("i", 0, 9).keyUsage(KeyUsage.keyCertSign).signedBy(root).build(), root);
  }

  @Test
  void refusesWhatOutlivesItsRoot() {
    assertRefused(
        "'CN=issuing' outlives its issuer",
        ca("issuing", 0, 51).signedBy(between).build(),
        between,
        root);
    assertRefused("outlives its issuer", ca("i", 0, 101).signedBy(root).build(), root);
  }

  @Test
  void refusesWhatIsNotValidNow() {
    assertRefused(
        "expired at",
        ca("i", 0, 0)
            .validity(now.minusSeconds(9), now.minusSeconds(1))
            .signedBy(root)
            .build(),
        root);
    assertRefused(
        "is not valid before",
        ca("i", 0, 0)
            .validity(now.plusSeconds(9), now.plusSeconds(99))
            .signedBy(root)
            .build(),
        root);
  }

  @Test
  void refusesAPathLengthThatLeavesNoRoom() {
    HeldCertificate narrow = ca("narrow", 0, 50).signedBy(root).build();
    assertRefused(
        "'CN=narrow' has a path length of 0, and there are 1 CAs below it",
        ca("issuing", 0, 40).signedBy(narrow).build(),
        narrow,
        root);
  }

  @Test
  void refusesAGapBelowTheRoot() {
    HeldCertificate issuing = ca("issuing", 0, 40).signedBy(between).build();
    assertRefused("was issued by 'CN=between', which is neither given", issuing, root);
    assertRefused("'CN=between' was issued by 'CN=root', which is neither given", issuing, between);
    assertRefused("signed itself", ca("self", 0, 40).build());
    // The name alone does not do.
    assertRefused(
        "which is neither given", issuing, ca("between", 2, 50).signedBy(root).build(), root);
  }
}
