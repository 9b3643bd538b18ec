package io.mintmark.provisioning;

import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
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
    X509Certificate issuing = root.issuing(request, Optional.empty(), installation.clock.instant());
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
    X509Certificate cross =
        root.cross(certificate(newRoot), Optional.empty(), installation.clock.instant());
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
    HeldCertificate root = ca("root", 2, null);
    KeyPair keys = new KeyPair(
        new JcaPKCS10CertificationRequest(installation.get().caCertifier().request(OPERATOR))
            .getPublicKey(),
        null);
    List<String> before = everything();

    assertNotInstalled(
        "was not made here: have the request of 'mintmark ca csr' certified",
        ca("not ours", 0, root),
        root);
    assertNotInstalled(
        "lack CA=true",
        HeldCertificate.builder().commonName("leaf").keys(keys).signedBy(root).build(),
        root);
    Instant rootEnds = root.certificate().getNotAfter().toInstant();
    assertNotInstalled(
        "outlives its issuer: it is valid until " + rootEnds.plusSeconds(1),
        issuing(keys, rootEnds.plusSeconds(1), root),
        root);
    HeldCertificate narrow = HeldCertificate.builder()
        .commonName("narrow")
        .authority(1)
        .validity(installation.clock.instant(), rootEnds)
        .extension(
            Extension.nameConstraints,
            true,
            new NameConstraints(
                    new GeneralSubtree[] {
                      new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.org"))
                    },
                    null)
                .getEncoded())
        .signedBy(root)
        .build();
    assertNotInstalled(
        "has name constraints on DNS names", issuing(keys, rootEnds, narrow), narrow, root);
    assertNotInstalled("give the certificates up to the root", issuing(keys, rootEnds, root));
    assertRefused(Refusal.Kind.NOT_FOUND, "there is no CA '00'", () -> issuer("00"));
    assertThat(everything()).isEqualTo(before);

    installation
        .get()
        .caCertifier()
        .install(
            List.of(issuing(keys, rootEnds, root).certificate(), root.certificate()), OPERATOR);
  }

  private HeldCertificate issuing(KeyPair keys, Instant end, HeldCertificate by) {
    return HeldCertificate.builder()
        .commonName("issuing")
        .keys(keys)
        .authority(0)
        .validity(installation.clock.instant(), end)
        .signedBy(by)
        .build();
  }

  private void assertNotInstalled(
      String text, HeldCertificate certificate, HeldCertificate... chain) {
    List<X509Certificate> given = new ArrayList<>(List.of(certificate.certificate()));
    Stream.of(chain).map(HeldCertificate::certificate).forEach(given::add);
    assertRefused(
        Refusal.Kind.INVALID,
        text,
        () -> installation.get().caCertifier().install(given, OPERATOR));
  }

  /** What there is to be changed: the CAs, the bundle, the log, the feed, the key files. */
  private List<String> everything() throws Exception {
    List<String> all = new ArrayList<>(installation.audited());
    installation.get().issuerViews().list().forEach(view -> all.add(view.toString()));
    all.add(Files.readString(installation.folder.resolve("trust.pem")));
    all.add(Long.toString(installation.get().feed().head()));
    try (Stream<Path> files = Files.list(installation.folder.resolve("ca"))) {
      files.sorted().forEach(file -> all.add(file.toString()));
    }
    return all;
  }

  @Test
  void theCrlOfARootInASafe() throws Exception {
    installation.get().crls().publishDue();
    String root = installation.get().issuerViews().list().get(0).id();
    Crl before = installation.get().crls().find(root).orElseThrow();
    String old = installation.get().authority().issuingKeyId();
    X509Certificate revoked = installation.get().authority().issuing();
    installation
        .get()
        .caActivator()
        .activate(installation.get().caPreparer().issuing(OPERATOR), true, OPERATOR);
    OfflineRoot safe = rootInASafe();
    RootCrls crls = installation.get().rootCrls();
    byte[] tooEarly = safe.crl(crls.draft(root));
    installation.get().caRetirer().revoke(old, "cessationOfOperation", false, OPERATOR);
    List<String> audited = installation.audited();

    assertRefused(
        Refusal.Kind.CONFLICT,
        "is not the one that is due now: sign again",
        () -> crls.publish(root, tooEarly, OPERATOR));
    assertRefused(
        Refusal.Kind.INVALID,
        "is not signed by the key of root",
        () ->
            crls.publish(root, installation.get().crls().find(old).orElseThrow().der(), OPERATOR));
    assertRefused(
        Refusal.Kind.INVALID,
        "the body is no CRL",
        () -> crls.publish(root, new byte[9], OPERATOR));
    assertRefused(Refusal.Kind.CONFLICT, "is no root", () -> crls.draft(old));
    assertRefused(Refusal.Kind.NOT_FOUND, "there is no CA '00'", () -> crls.draft("00"));
    assertThat(installation.audited()).isEqualTo(audited);
    assertThat(installation.get().crls().find(root)).contains(before);

    assertThat(crls.publish(root, safe.crl(crls.draft(root)), OPERATOR)).isOne();
    installation.get().crls().publishDue();
    Crl published = installation.get().crls().find(root).orElseThrow();
    assertThat(published.number()).isGreaterThan(before.number());
    X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509")
        .generateCRL(new ByteArrayInputStream(published.der()));
    crl.verify(installation.get().authority().trustAnchors().get(0).getPublicKey());
    assertThat(crl.getRevokedCertificate(revoked.getSerialNumber()).getRevocationReason())
        .isEqualTo(CRLReason.CESSATION_OF_OPERATION);
    assertThat(installation.audited()).contains("crl.signed " + root);
    // Nothing else than a CRL is signed, whoever asks.
    assertThatThrownBy(() -> safe.crl(revoked.getTBSCertificate()))
        .isInstanceOf(IllegalArgumentException.class);
    installation.restart();
    assertThat(installation.get().crls().find(root).orElseThrow().number())
        .isEqualTo(published.number());
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
