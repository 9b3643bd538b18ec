package io.mintmark.provisioning.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class ChainsTest {

  private final Instant now = Instant.now();

  private final HeldCertificate root =
      HeldCertificate.builder().commonName("root").authority(2).build();
  private final HeldCertificate line =
      HeldCertificate.builder().commonName("line").authority(0).signedBy(root).build();
  private final HeldCertificate device =
      HeldCertificate.builder().commonName("d-1").signedBy(line).build();

  private String fault(List<X509Certificate> chain, HeldCertificate... anchors) {
    return Chains.fault(
        chain, Arrays.stream(anchors).map(HeldCertificate::certificate).toList(), now);
  }

  @Test
  void acceptsAChainToAnyAnchorOfIt() {
    List<X509Certificate> whole =
        List.of(device.certificate(), line.certificate(), root.certificate());

    assertThat(fault(device.chain(), root)).isNull();
    assertThat(fault(whole, root)).isNull();
    assertThat(fault(whole, line)).isNull();
    assertThat(fault(List.of(device.certificate()), line)).isNull();
  }

  @Test
  void missesALinkThatIsMissing() {
    assertThat(fault(List.of(device.certificate()), root)).contains("was not issued by a CA");
  }

  @Test
  void namesTheLinkThatHasExpired() {
    HeldCertificate old = HeldCertificate.builder()
        .commonName("old line")
        .authority(0)
        .validity(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))
        .signedBy(root)
        .build();
    HeldCertificate child =
        HeldCertificate.builder().commonName("d-1").signedBy(old).build();

    assertThat(fault(child.chain(), root))
        .startsWith("has an issuer 'CN=old line' that expired at");
    assertThat(fault(List.of(child.certificate()), old))
        .isEqualTo("cannot be validated: every CA that could have issued it has expired");
  }

  @Test
  void holdsCasToTheirPathLength() {
    HeldCertificate deeper = HeldCertificate.builder()
        .commonName("deeper")
        .authority(0)
        .signedBy(line)
        .build();
    HeldCertificate child =
        HeldCertificate.builder().commonName("d-1").signedBy(deeper).build();

    assertThat(fault(child.chain(), root)).contains("is not acceptable");
  }

  @Test
  void looksAtNoEndlessChain() {
    List<X509Certificate> chain = new ArrayList<>(device.chain());
    for (int i = 0; i < 10; i++) {
      chain.add(line.certificate());
    }

    assertThat(fault(chain, root)).contains("more than we look at");
  }

  @Test
  void obeysAnAnchorsNameConstraints() throws Exception {
    X500Name name = new X500Name("O=Acme,CN=constrained");
    JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
        name,
        BigInteger.TWO,
        Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(Duration.ofDays(1))),
        name,
        root.keys().getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(1));
    builder.addExtension(
        Extension.nameConstraints,
        true,
        new NameConstraints(
            new GeneralSubtree[] {new GeneralSubtree(new GeneralName(new X500Name("O=Acme")))},
            null));
    X509Certificate anchor = new JcaX509CertificateConverter()
        .getCertificate(builder.build(
            new JcaContentSignerBuilder("SHA256withECDSA").build(root.keys().getPrivate())));

    for (String subject : List.of("O=Acme,CN=d-1", "O=Other,CN=d-1")) {
      JcaX509v3CertificateBuilder leaf = new JcaX509v3CertificateBuilder(
          name,
          BigInteger.TEN,
          Date.from(now.minus(Duration.ofHours(1))),
          Date.from(now.plus(Duration.ofHours(1))),
          new X500Name(subject),
          device.keys().getPublic());
      X509Certificate certificate = new JcaX509CertificateConverter()
          .getCertificate(leaf.build(
              new JcaContentSignerBuilder("SHA256withECDSA").build(root.keys().getPrivate())));
      String fault = Chains.fault(List.of(certificate), List.of(anchor), now);
      if (subject.startsWith("O=Acme")) {
        assertThat(fault).isNull();
      } else {
        assertThat(fault)
            .isEqualTo("is outside of the name constraints of 'CN=constrained,O=Acme'");
      }
    }
  }
}
