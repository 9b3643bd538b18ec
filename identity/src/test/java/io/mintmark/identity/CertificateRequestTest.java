package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.testing.HeldCertificate;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What our DER writer makes is read back by BouncyCastle, which shares no line with it. */
class CertificateRequestTest {

  @ParameterizedTest
  @CsvSource({
    "EC,secp256r1,1.2.840.10045.4.3.2",
    "EC,secp384r1,1.2.840.10045.4.3.3",
    "EC,secp521r1,1.2.840.10045.4.3.4",
    "RSA,2048,1.2.840.113549.1.1.11",
    "Ed25519,,1.3.101.112"
  })
  void everyKeyKindProvesPossession(String algorithm, String size, String oid) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec(size));
    } else if (size != null) {
      generator.initialize(Integer.parseInt(size));
    }
    KeyPair keys = generator.generateKeyPair();
    PKCS10CertificationRequest request =
        new PKCS10CertificationRequest(CertificateRequest.create(keys, "d-1"));
    assertThat(request.getSubject().toString()).isEqualTo("CN=d-1");
    assertThat(request.getSignatureAlgorithm().getAlgorithm().getId()).isEqualTo(oid);
    assertThat(request.getSubjectPublicKeyInfo().getEncoded())
        .isEqualTo(keys.getPublic().getEncoded());
    assertThat(request.isSignatureValid(
            new JcaContentVerifierProviderBuilder().build(keys.getPublic())))
        .isTrue();
  }

  @Test
  void aRenewalRepeatsSubjectAndNamesByteForByte() throws Exception {
    HeldCertificate current = HeldCertificate.builder()
        .commonName("d-1")
        .serialNumberAttribute("42")
        .dns("d-1.local")
        .uri("spiffe://example.org/fleet/f/device/d-1")
        .build();
    KeyPair keys = CertificateRequest.newKeyPair();
    PKCS10CertificationRequest request =
        new PKCS10CertificationRequest(CertificateRequest.renew(keys, current.certificate()));
    assertThat(request.getSubject().getEncoded())
        .isEqualTo(current.certificate().getSubjectX500Principal().getEncoded());
    Extension san = request.getRequestedExtensions().getExtension(Extension.subjectAlternativeName);
    assertThat(san.getExtnValue().getEncoded())
        .isEqualTo(current.certificate().getExtensionValue("2.5.29.17"));
    assertThat(request.isSignatureValid(
            new JcaContentVerifierProviderBuilder().build(keys.getPublic())))
        .isTrue();
  }

  @Test
  void longNamesNeedLongLengths() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    String name = "x".repeat(70_000);
    PKCS10CertificationRequest request =
        new PKCS10CertificationRequest(CertificateRequest.create(keys, name));
    assertThat(request.getSubject().toString()).hasSize(3 + 70_000);
  }
}
