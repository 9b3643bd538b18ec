package io.mintmark.provisioning.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

class CaChainTest {

  private static final TrustDomain DOMAIN = new TrustDomain("example.org");

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
    assertThatThrownBy(() -> CaChain.of(given, List.of(), DOMAIN, now))
        .isInstanceOf(CaChainException.class)
        .hasMessageContaining(text);
  }

  @Test
  void leadsOverWhatIsBetweenToTheRoot() throws Exception {
    HeldCertificate issuing = ca("issuing", 0, 40).signedBy(between).build();
    List<X509Certificate> given =
        List.of(issuing.certificate(), root.certificate(), between.certificate());

    CaChain chain = CaChain.of(given, List.of(), DOMAIN, now);
    assertThat(chain.between()).containsExactly(between.certificate());
    assertThat(chain.root()).isEqualTo(root.certificate());
    // The root may be known already.
    assertThat(CaChain.of(
            List.of(issuing.certificate(), between.certificate()),
            List.of(root.certificate()),
            DOMAIN,
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

  private static byte[] permitted(GeneralName name) throws Exception {
    return new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(name)}, null).getEncoded();
  }

  private void requireNames(HeldCertificate constrained) throws Exception {
    HeldCertificate issuing = ca("issuing", 0, 40).signedBy(constrained).build();
    CaChain.of(
        List.of(issuing.certificate(), constrained.certificate(), root.certificate()),
        List.of(),
        DOMAIN,
        now);
  }

  private HeldCertificate constrained(byte[] constraints) {
    return ca("constrained", 2, 50)
        .extension(Extension.nameConstraints, true, constraints)
        .signedBy(root)
        .build();
  }

  @Test
  void refusesNameConstraintsThatLeaveNoRoomForOurNames() throws Exception {
    requireNames(constrained(
        permitted(new GeneralName(GeneralName.uniformResourceIdentifier, "example.org"))));
    requireNames(constrained(permitted(new GeneralName(GeneralName.rfc822Name, "example.org"))));
    for (GeneralName other : List.of(
        new GeneralName(GeneralName.uniformResourceIdentifier, "example.net"),
        new GeneralName(new X500Name("O=Corporate")))) {
      assertThatThrownBy(() -> requireNames(constrained(permitted(other))))
          .isInstanceOf(CaChainException.class)
          .hasMessageContaining("'CN=constrained' has name constraints that leave no room for"
              + " spiffe://example.org/...");
    }
    for (GeneralName host : List.of(
        new GeneralName(GeneralName.dNSName, "example.org"),
        new GeneralName(GeneralName.iPAddress, "10.0.0.0/8"))) {
      assertThatThrownBy(() -> requireNames(constrained(permitted(host))))
          .isInstanceOf(CaChainException.class)
          .hasMessageContaining("has name constraints on DNS names or IP addresses");
    }
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
