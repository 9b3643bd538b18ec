package io.mintmark.provisioning.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.HeldIssuers;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;

class HierarchyTest {

  private final HeldCertificate oldRoot = root("old root");
  private final HeldCertificate newRoot = root("new root");
  private final X509Certificate oldWithNew = crossed(oldRoot, newRoot);
  private final X509Certificate newWithOld = crossed(newRoot, oldRoot);
  private final HeldCertificate first = issuing("first", oldRoot);
  private final HeldCertificate second = issuing("second", newRoot);

  private static HeldCertificate root(String name) {
    return HeldCertificate.builder().commonName(name).authority(1).build();
  }

  private static HeldCertificate issuing(String name, HeldCertificate root) {
    return HeldCertificate.builder()
        .commonName(name)
        .authority(0)
        .signedBy(root)
        .build();
  }

  private static X509Certificate crossed(HeldCertificate subject, HeldCertificate issuer) {
    X500Name name =
        X500Name.getInstance(subject.certificate().getSubjectX500Principal().getEncoded());
    return HeldCertificate.builder()
        .subject(name)
        .keys(subject.keys())
        .authority(1)
        .signedBy(issuer)
        .build()
        .certificate();
  }

  private Hierarchy of(State oldRootIs, State newRootIs, State firstIs, State secondIs) {
    return new Hierarchy(List.of(
        HeldIssuers.issuer(Role.ROOT, oldRootIs, oldRoot),
        HeldIssuers.issuer(Role.ISSUING, firstIs, first),
        HeldIssuers.issuer(Role.ROOT, newRootIs, newRoot, oldWithNew, newWithOld),
        HeldIssuers.issuer(Role.ISSUING, secondIs, second)));
  }

  @Test
  void trustsTheRootsThatAreNotRetired() {
    for (State old : List.of(State.PREPARED, State.ACTIVE)) {
      assertThat(of(State.ACTIVE, old, State.ACTIVE, State.PREPARED).trustAnchors())
          .containsExactly(oldRoot.certificate(), newRoot.certificate());
    }
    for (State old : List.of(State.RETIRED, State.REVOKED)) {
      assertThat(of(old, State.ACTIVE, State.RETIRED, State.ACTIVE).trustAnchors())
          .containsExactly(newRoot.certificate());
    }
  }

  @Test
  void acceptsWhatTheActiveAndRetiredCasSigned() {
    assertThat(of(State.ACTIVE, State.ACTIVE, State.RETIRED, State.ACTIVE).accepted())
        .containsExactly(second.certificate(), first.certificate());
    assertThat(of(State.ACTIVE, State.ACTIVE, State.ACTIVE, State.PREPARED).accepted())
        .containsExactly(first.certificate());
  }

  @Test
  void acceptsNothingOfARevokedCaNorBelowARootThatIsGone() {
    assertThat(of(State.ACTIVE, State.ACTIVE, State.REVOKED, State.ACTIVE).accepted())
        .containsExactly(second.certificate());
    assertThat(of(State.RETIRED, State.ACTIVE, State.RETIRED, State.ACTIVE).accepted())
        .containsExactly(second.certificate());
  }

  @Test
  void showsTheCrossCertificateOfARootUntilTheOneBeforeIsRevoked() {
    HeldCertificate leaf = issuing("leaf", second);
    Hierarchy during = of(State.ACTIVE, State.ACTIVE, State.RETIRED, State.ACTIVE);
    assertThat(during.chain(leaf.certificate()))
        .containsExactly(leaf.certificate(), second.certificate(), newWithOld);
    assertThat(during.all())
        .containsExactly(
            oldRoot.certificate(),
            newRoot.certificate(),
            oldWithNew,
            newWithOld,
            first.certificate(),
            second.certificate());

    Hierarchy retired = of(State.RETIRED, State.ACTIVE, State.RETIRED, State.ACTIVE);
    assertThat(retired.chain(leaf.certificate()))
        .as("who was away follows")
        .containsExactly(leaf.certificate(), second.certificate(), newWithOld);
    assertThat(retired.trustAnchors()).containsExactly(newRoot.certificate());

    Hierarchy revoked = of(State.REVOKED, State.ACTIVE, State.RETIRED, State.ACTIVE);
    assertThat(revoked.chain(leaf.certificate()))
        .containsExactly(leaf.certificate(), second.certificate());
    assertThat(revoked.all()).containsExactly(newRoot.certificate(), second.certificate());
  }

  @Test
  void findsAnIssuerByEitherNameOfItsKey() {
    HeldCertificate named = HeldCertificate.builder()
        .commonName("named")
        .authority(0)
        .extension(Extension.subjectKeyIdentifier, false, new byte[] {4, 2, 0x0a, 0x0b})
        .signedBy(oldRoot)
        .build();
    Issuer issuer = HeldIssuers.issuer(Role.ISSUING, State.ACTIVE, named);
    Hierarchy hierarchy =
        new Hierarchy(List.of(HeldIssuers.issuer(Role.ROOT, State.ACTIVE, oldRoot), issuer));

    assertThat(hierarchy.find(issuer.id().toUpperCase(Locale.ROOT))).contains(issuer);
    assertThat(hierarchy.find("0A:0b")).contains(issuer);
    assertThat(hierarchy.find("0a")).isEmpty();
    assertThat(hierarchy.rootOf(issuer)).contains(hierarchy.issuers().get(0));
  }

  @Test
  void findsTheRootAboveIntermediates() {
    HeldCertificate intermediate = HeldCertificate.builder()
        .commonName("between")
        .authority(1)
        .signedBy(oldRoot)
        .build();
    HeldCertificate issuing = issuing("issuing", intermediate);
    Issuer issuer =
        HeldIssuers.issuer(Role.ISSUING, State.ACTIVE, issuing, intermediate.certificate());
    Hierarchy hierarchy =
        new Hierarchy(List.of(HeldIssuers.issuer(Role.ROOT, State.ACTIVE, oldRoot), issuer));

    assertThat(hierarchy.rootOf(issuer)).isPresent();
    assertThat(hierarchy.accepted()).containsExactly(issuing.certificate());
    assertThat(hierarchy.chain(issuing("leaf", issuing).certificate()))
        .endsWith(issuing.certificate(), intermediate.certificate());
    assertThat(hierarchy.all()).contains(intermediate.certificate());
  }

  @Test
  void hasOneActiveIssuingCa() {
    assertThatThrownBy(() -> of(State.ACTIVE, State.ACTIVE, State.ACTIVE, State.ACTIVE))
        .hasMessageContaining("2 active issuing CAs");
    assertThatThrownBy(() -> of(State.ACTIVE, State.ACTIVE, State.PREPARED, State.PREPARED))
        .hasMessageContaining("0 active issuing CAs");
  }
}
