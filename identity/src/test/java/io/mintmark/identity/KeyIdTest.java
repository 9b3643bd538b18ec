package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;

class KeyIdTest {

  @Test
  void isTheBeginningOfTheHashOfTheKeysBits() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    for (PublicKey key : List.of(
        CertificateRequest.newKeyPair().getPublic(),
        rsa.generateKeyPair().getPublic(),
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic())) {
      byte[] bits =
          SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bits);
      assertThat(KeyId.of(key)).isEqualTo(HexFormat.of().formatHex(Arrays.copyOf(hash, 20)));
    }
  }
}
