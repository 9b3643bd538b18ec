package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.FORBIDDEN;
import static io.mintmark.provisioning.Refusal.Kind.INVALID;
import static io.mintmark.provisioning.Refusal.Kind.LATER;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.SENSORS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactoryCrlTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private HeldCertificate root;
  private HeldCertificate line;
  private HeldCertificate device;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder);
    installation.manifest("d-1");
    root = held("root").authority(1).build();
    line = held("line").authority(0).signedBy(root).build();
    device = held("d-1").signedBy(line).build();
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Instant now() {
    return installation.clock.instant();
  }

  private HeldCertificate.Builder held(String name) {
    return HeldCertificate.builder()
        .commonName(name)
        .validity(now().minus(Duration.ofDays(1)), now().plus(Duration.ofDays(3650)));
  }

  private X509CRL crl(HeldCertificate ca, BigInteger... revoked) {
    return ca.crl(now().minusSeconds(60), now().plus(Duration.ofDays(1)), revoked);
  }

  private void apply(List<HeldCertificate> cas, X509CRL... crls) throws Exception {
    StringBuilder yaml = new StringBuilder("fleet: sensors\nfactory-cas:\n");
    for (HeldCertificate ca : cas) {
      yaml.append("  - |\n").append(ca.certificatePem().indent(4));
    }
    if (crls.length > 0) {
      yaml.append("factory-crl: |\n");
    }
    for (X509CRL crl : crls) {
      yaml.append(Pem.encode("X509 CRL", crl.getEncoded()).indent(2));
    }
    installation.apply(yaml.toString());
  }

  private X509Certificate enroll() throws Refusal {
    KeyPair keys = CertificateRequest.newKeyPair();
    return installation
        .get()
        .enroller()
        .enroll(SENSORS, device.chain(), TestInstallation.request(keys.getPublic()));
  }

  @Test
  void refusesWhatTheCrlLists() throws Exception {
    apply(List.of(root, line), crl(line, BigInteger.ONE));
    enroll();
    apply(List.of(root, line), crl(line, device.certificate().getSerialNumber()));
    assertRefused(FORBIDDEN, "'CN=d-1' was revoked by its issuer at", this::enroll);
  }

  @Test
  void refusesBelowAnIntermediateTheCrlLists() throws Exception {
    apply(List.of(root), crl(root, line.certificate().getSerialNumber()));

    assertRefused(
        FORBIDDEN, "has an issuer 'CN=line' that was revoked by its issuer", this::enroll);
  }

  @Test
  void asksNothingOfACaWithoutACrl() throws Exception {
    HeldCertificate other = held("other").authority(0).build();
    apply(List.of(root, other), crl(other, device.certificate().getSerialNumber()));

    enroll();
  }

  @Test
  void tellsACasOldKeyFromItsNewOne() throws Exception {
    HeldCertificate before = held("line").authority(0).signedBy(root).build();
    apply(List.of(root, line, before), crl(before, device.certificate().getSerialNumber()));

    enroll();
  }

  @Test
  void waitsForTheNextCrlWhenThisOneIsOver() throws Exception {
    HeldCertificate other = held("other").authority(0).build();
    apply(List.of(root, line, other), crl(line));
    installation.clock.move(Duration.ofDays(1).plusSeconds(1));

    Refusal stale =
        assertRefused(LATER, "the factory CRL of fleet 'sensors' expired at", this::enroll);
    assertThat(stale.retryAfter()).contains(Duration.ofHours(1));
    device = held("d-1").signedBy(other).build();
    enroll();
  }

  @Test
  void refusesCrlsThatCouldNotBeReliedOn() throws Exception {
    HeldCertificate stranger = held("line").authority(0).build();
    Instant yesterday = now().minus(Duration.ofDays(1));

    assertRefused(
        INVALID,
        "factory CRL of 'CN=line' is not signed by one of the factory-cas",
        () -> apply(List.of(root, line), crl(stranger)));
    assertRefused(
        INVALID,
        "factory CRL of 'CN=line' expired at",
        () -> apply(List.of(root, line), line.crl(yesterday, yesterday.plusSeconds(9))));
    assertRefused(
        INVALID,
        "is not valid before",
        () -> apply(List.of(root, line), line.crl(now().plusSeconds(9), now().plusSeconds(99))));
    assertRefused(
        INVALID,
        "line 3: ",
        () -> installation.apply("fleet: sensors\nfactory-cas: [\""
            + root.certificatePem().replace("\n", "\\n")
            + "\"]\nfactory-crl: \"-----BEGIN X509 CRL-----\\nAAAA\\n-----END X509 CRL-----\""));
  }

  @Test
  void keepsCrlsAndShowsThem() throws Exception {
    apply(List.of(root, line), crl(root), crl(line, BigInteger.ONE, BigInteger.TEN));

    assertThat(installation.get().fleetViews().find(SENSORS).factoryCrls())
        .containsExactly(
            new FleetViews.CrlView("CN=root", now().plus(Duration.ofDays(1)), 0),
            new FleetViews.CrlView("CN=line", now().plus(Duration.ofDays(1)), 2));
    apply(List.of(root, line));
    assertThat(installation.get().fleetViews().find(SENSORS).factoryCrls()).isEmpty();
    assertThat(installation.get().audit().after(0, 100))
        .last()
        .satisfies(row -> assertThat(row.detail()).isEqualTo("factory-crl"));
  }

  @Test
  void takesACrlFileInDerOrPem(@TempDir Path files) throws Exception {
    Files.writeString(files.resolve("root.pem"), root.certificatePem());
    Files.write(files.resolve("root.crl"), crl(root).getEncoded());
    Files.writeString(
        files.resolve("root.crl.pem"), Pem.encode("X509 CRL", crl(root).getEncoded()));
    Files.writeString(files.resolve("empty.crl"), "");
    for (String file : List.of("root.crl", "root.crl.pem")) {
      Path yaml = Files.writeString(
          files.resolve("fleet.yaml"),
          "fleet: sensors\nfactory-crl: " + file + "\nfactory-cas: [root.pem]\n");
      installation.apply(FleetFile.inline(yaml));
      assertThat(installation.get().fleetViews().find(SENSORS).factoryCrls()).hasSize(1);
    }
    Path yaml = Files.writeString(
        files.resolve("fleet.yaml"),
        "fleet: sensors\nfactory-crl: empty.crl\nfactory-cas: [root.pem]\n");
    assertRefused(INVALID, "empty.crl cannot be used: ", () -> FleetFile.inline(yaml));
  }
}
