package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Pem;
import io.mintmark.identity.VouchedBundle;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.IssuerViews.IssuerView;
import io.mintmark.provisioning.IssuerViews.KeyPlace;
import io.mintmark.provisioning.ca.CaRequest;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.ca.OfflineRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Making issuing CAs and roots that nothing signs with yet. */
class CaPreparationTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void start() throws Exception {
    installation = new TestInstallation(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    installation.close();
  }

  private IssuerView issuer(String id) throws Refusal {
    return installation.get().issuerViews().find(id);
  }

  private OfflineRoot rootInASafe() throws Exception {
    Path safe = folder.resolve("safe.p12");
    Files.move(installation.folder.resolve("ca/root.p12"), safe);
    return OfflineRoot.open(
        safe, Files.readString(installation.folder.resolve("passphrase")).strip());
  }

  private X509Certificate certificate(String id) {
    return installation.get().authority().hierarchy().find(id).orElseThrow().certificate();
  }

  @Test
  void anIssuingCaBelowTheRoot() throws Exception {
    String id = installation.get().caPreparer().issuing(OPERATOR);

    IssuerView view = issuer(id);
    assertThat(view.state()).isEqualTo(State.PREPARED);
    assertThat(view.key()).isEqualTo(KeyPlace.HERE);
    assertThat(view.root())
        .isEqualTo(installation.get().issuerViews().list().get(0).id());
    assertThat(Chains.fault(
            List.of(certificate(id)),
            installation.get().authority().trustAnchors(),
            installation.clock.instant()))
        .isNull();
    assertThat(installation.audited()).contains("issuer.prepared " + id);
    assertThat(installation.get().authority().issuingKeyId()).isNotEqualTo(id);
    Path file = installation.folder.resolve("ca/issuing-" + id + ".p12");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    installation.restart();
    assertThat(installation.get().authority().signer(id)).isPresent();
  }

  @Test
  void aRootWithTheWaysFromOldToNewAndBack() throws Exception {
    X509Certificate old = installation.get().authority().trustAnchors().get(0);
    long head = installation.get().feed().head();
    String id = installation.get().caPreparer().root(false, OPERATOR);
    X509Certificate made = certificate(id);

    List<X509Certificate> anchors = installation.get().authority().trustAnchors();
    assertThat(anchors).containsExactly(old, made);
    assertThat(installation.get().feed().after(head).entries())
        .singleElement()
        .satisfies(entry -> assertThat(entry.bundle().anchors()).isEqualTo(anchors));
    assertThat(Pem.certificates(Files.readString(installation.folder.resolve("trust.pem"))))
        .isEqualTo(anchors);
    List<X509Certificate> crosses =
        installation.get().authority().hierarchy().find(id).orElseThrow().others();
    assertThat(crosses).hasSize(2);
    // Who trusts one of the two only can follow to the other.
    assertThat(crosses.get(0).getPublicKey()).isEqualTo(old.getPublicKey());
    crosses.get(0).verify(made.getPublicKey());
    assertThat(crosses.get(1).getPublicKey()).isEqualTo(made.getPublicKey());
    crosses.get(1).verify(old.getPublicKey());
    X509Certificate issuing = installation.get().authority().issuing();
    assertThat(Chains.fault(
            List.of(issuing, crosses.get(0)), List.of(made), installation.clock.instant()))
        .isNull();
    assertThat(installation.get().authority().caCertificates()).containsAll(crosses);
  }

  @Test
  void withTheRootsKeyAway() throws Exception {
    OfflineRoot root = rootInASafe();

    assertRefused(
        Refusal.Kind.CONFLICT,
        "is not at ca/root.p12 in the data folder: name the file where it is with --root-key FILE",
        () -> installation.get().caPreparer().issuing(OPERATOR));
    assertRefused(
        Refusal.Kind.CONFLICT,
        "--root-key FILE",
        () -> installation.get().caPreparer().root(false, OPERATOR));
    assertThat(installation.get().issuerViews().list())
        .extracting(IssuerView::key)
        .containsExactly(KeyPlace.AWAY, KeyPlace.HERE);
    // What does not need it goes on.
    installation.manifest("d-1");
    installation.enroll("d-1");
    installation.restart();

    CaRequest request = CaRequest.read(installation.get().caCertifier().request(OPERATOR));
    X509Certificate issuing = root.issuing(request, installation.clock.instant());
    String id = installation.get().caCertifier().install(List.of(issuing), OPERATOR);
    assertThat(issuer(id).state()).isEqualTo(State.PREPARED);
    assertThat(certificate(id)).isEqualTo(issuing);
    assertThat(installation.audited()).contains("issuer.requested " + id, "issuer.prepared " + id);

    String newRoot = installation.get().caPreparer().root(true, OPERATOR);
    assertThat(installation
            .get()
            .authority()
            .hierarchy()
            .find(newRoot)
            .orElseThrow()
            .others())
        .hasSize(1);
    X509Certificate cross = root.cross(certificate(newRoot), installation.clock.instant());
    installation.get().caPreparer().cross(newRoot, cross, OPERATOR);
    assertThat(installation.get().authority().caCertificates()).contains(cross);
    assertRefused(
        Refusal.Kind.INVALID,
        "is not one of root",
        () -> installation.get().caPreparer().cross(newRoot, issuing, OPERATOR));
  }

  @Test
  void anIssuingCaByARootOfSomebodyElse() throws Exception {
    X509Certificate own = installation.get().authority().trustAnchors().get(0);
    HeldCertificate root = ca("corporate root", 2, null);
    HeldCertificate between = ca("corporate CA", 1, root);
    byte[] request = installation.get().caCertifier().request(OPERATOR);
    HeldCertificate issuing = HeldCertificate.builder()
        .commonName("issuing")
        .keys(new KeyPair(new JcaPKCS10CertificationRequest(request).getPublicKey(), null))
        .authority(0)
        .validity(installation.clock.instant(), installation.clock.instant().plusSeconds(9999))
        .signedBy(between)
        .build();

    String id = installation
        .get()
        .caCertifier()
        .install(
            List.of(issuing.certificate(), between.certificate(), root.certificate()), OPERATOR);
    assertThat(issuer(id).key()).isEqualTo(KeyPlace.HERE);
    assertThat(issuer(issuer(id).root()).key()).isEqualTo(KeyPlace.FOREIGN);
    assertThat(installation.get().authority().trustAnchors())
        .hasSize(2)
        .contains(root.certificate());
    // Devices take it, as the root they hold vouches for it.
    assertThat(VouchedBundle.of(
            installation.get().authority().caCertificates(),
            List.of(own),
            installation.clock.instant()))
        .containsExactly(own, root.certificate());
    assertThat(installation.get().issuerViews().list())
        .extracting(v -> v.role() + " " + v.state())
        .containsExactlyInAnyOrder(
            Role.ROOT + " " + State.ACTIVE,
            Role.ISSUING + " " + State.ACTIVE,
            Role.ROOT + " " + State.PREPARED,
            Role.ISSUING + " " + State.PREPARED);
    assertRefused(
        Refusal.Kind.CONFLICT,
        "has its certificate already",
        () -> installation
            .get()
            .caCertifier()
            .install(
                List.of(issuing.certificate(), between.certificate(), root.certificate()),
                OPERATOR));
  }

  @Test
  void refusesACertificateThatDoesNotFitAndChangesNothing() throws Exception {
    List<String> audited = installation.audited();
    int known = installation.get().issuerViews().list().size();
    HeldCertificate root = ca("root", 2, null);
    HeldCertificate other = ca("not ours", 0, root);

    assertRefused(
        Refusal.Kind.INVALID,
        "was not made here: have the request of 'mintmark ca csr' certified",
        () -> installation
            .get()
            .caCertifier()
            .install(List.of(other.certificate(), root.certificate()), OPERATOR));
    assertThat(installation.audited()).isEqualTo(audited);

    byte[] request = installation.get().caCertifier().request(OPERATOR);
    HeldCertificate leaf = HeldCertificate.builder()
        .commonName("leaf")
        .keys(new KeyPair(new JcaPKCS10CertificationRequest(request).getPublicKey(), null))
        .signedBy(root)
        .build();
    assertRefused(
        Refusal.Kind.INVALID,
        "lack CA=true",
        () -> installation
            .get()
            .caCertifier()
            .install(List.of(leaf.certificate(), root.certificate()), OPERATOR));
    assertThat(installation.get().issuerViews().list()).hasSize(known);
    assertThat(installation.get().authority().trustAnchors()).hasSize(1);
    assertRefused(Refusal.Kind.NOT_FOUND, "there is no CA '00'", () -> issuer("00"));
  }

  private HeldCertificate ca(String name, int pathLength, HeldCertificate issuer) {
    return HeldCertificate.builder()
        .commonName(name)
        .authority(pathLength)
        .validity(installation.clock.instant(), installation.clock.instant().plusSeconds(86_400))
        .signedBy(issuer)
        .build();
  }
}
