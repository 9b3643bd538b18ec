package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;

class CertificateFormTest {

  private static final byte[] NULL = {5, 0};

  private final TestPki pki = new TestPki();

  private HeldCertificate.Builder device() {
    return pki.client(TestPki.deviceId("sensors", "d1"));
  }

  private static Optional<String> form(HeldCertificate.Builder builder) {
    return CertificateForm.of(builder.build().certificate());
  }

  @Test
  void whatIsTheSubjectsOwnIsNotPartOfIt() {
    Optional<String> form = form(device());
    assertThat(form).isPresent();
    assertThat(form(pki.client(TestPki.applicationId("a-longer-name".repeat(4)))
            .serial(BigInteger.ONE)
            .validity(Instant.EPOCH, Instant.now())))
        .isEqualTo(form);
    HeldCertificate.Builder withKeyId =
        device().extension(Extension.subjectKeyIdentifier, false, (byte) 4, (byte) 1, (byte) 1);
    assertThat(form(withKeyId)).isNotEqualTo(form);
    assertThat(form(device()
            .extension(Extension.subjectKeyIdentifier, false, (byte) 4, (byte) 1, (byte) 2)))
        .isEqualTo(form(withKeyId));
  }

  @Test
  void allElseIs() throws Exception {
    ASN1ObjectIdentifier unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
    KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
    p384.initialize(384);
    List<Optional<String>> forms = List.of(
        form(device()),
        form(device().signedBy(pki.nextIssuing)),
        form(device().purposes(KeyPurposeId.id_kp_serverAuth)),
        form(device().extension(unknown, false, NULL)),
        form(device().extension(unknown, true, NULL)),
        form(device().extension(unknown, false, (byte) 1, (byte) 1, (byte) 0)),
        form(device()
            .extension(Extension.keyUsage, false, (byte) 3, (byte) 2, (byte) 7, (byte) 0x80)),
        form(device().extension(Extension.keyUsage, true, (byte) 3, (byte) 2, (byte) 3, (byte) 8)),
        form(device().keys(p384.generateKeyPair())),
        form(device().authority(0)));
    assertThat(forms).allMatch(Optional::isPresent).doesNotHaveDuplicates();
  }

  @Test
  void keysThatAreNotOnCurvesHaveNone() throws Exception {
    for (String algorithm : List.of("RSA", "Ed25519")) {
      assertThat(form(device().keys(KeyPairGenerator.getInstance(algorithm).generateKeyPair())))
          .isEmpty();
    }
  }
}
