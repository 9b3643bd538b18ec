package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.testing.HeldCertificate;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

  private final HeldCertificate root = HeldCertificate.builder().authority(1).build();
  private final HeldCertificate leaf = HeldCertificate.builder().signedBy(root).build();

  @Test
  void certificatesKeepTheirOrderAmongOtherText() {
    String pem = "subject: leaf\n" + leaf.certificatePem() + "\nsubject: root\r\n"
        + root.certificatePem().replace("\n", "\r\n");
    assertThat(Pem.certificates(pem)).containsExactly(leaf.certificate(), root.certificate());
  }

  @Test
  void oneCertificateIsOneAndNothingElse() throws Exception {
    byte[] der = leaf.certificate().getEncoded();
    assertThat(Pem.certificate(der)).isEqualTo(leaf.certificate());
    for (byte[] other : new byte[][] {
      Arrays.copyOf(der, der.length + 1), Arrays.copyOf(der, der.length - 1), {}, {0x30, 0x00}
    }) {
      assertThatThrownBy(() -> Pem.certificate(other)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void privateKeysSurviveTheRoundTrip(String algorithm) throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    assertThat(Pem.privateKey(Pem.encode(keys.getPrivate())).getEncoded())
        .isEqualTo(keys.getPrivate().getEncoded());
  }

  @Test
  void brokenKeyMaterialIsNeverQuoted() {
    String pem = Pem.encode("PRIVATE KEY", "not a key at all".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Pem.privateKey(pem))
        .hasMessageContaining("PKCS#8")
        .hasMessageNotContaining("bm90IGEga2V5")
        .hasNoCause();
  }

  @Test
  void encryptedOrTraditionalKeysNameTheRemedy() {
    for (String label : List.of("ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY")) {
      assertThatThrownBy(() -> Pem.privateKey(Pem.encode(label, new byte[10])))
          .hasMessageContaining("openssl pkcs8");
    }
  }

  @Test
  void missingBlocksAndBadBase64AreToldApart() {
    assertThatThrownBy(() -> Pem.certificates("nothing here"))
        .hasMessageContaining("no CERTIFICATE block");
    assertThatThrownBy(() -> Pem.privateKey(leaf.certificatePem()))
        .hasMessageContaining("no PRIVATE KEY block");
    assertThatThrownBy(
            () -> Pem.blocks("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"))
        .hasMessageContaining("base64");
  }
}
