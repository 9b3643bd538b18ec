package io.mintmark.provisioning.tls;

import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/**
 * The cryptography of the JCA providers this process has installed, the first of them first, with
 * their names where BouncyCastle's differ.
 */
final class InstalledCrypto extends JcaTlsCrypto {

  InstalledCrypto(SecureRandom random) {
    super(new DefaultJcaJceHelper(), null, random, random);
  }

  @Override
  protected TlsStreamVerifier createStreamVerifier(
      String algorithm, AlgorithmParameterSpec parameter, byte[] signature, PublicKey key)
      throws IOException {
    return super.createStreamVerifier(name(algorithm), parameter, signature, key);
  }

  @Override
  protected Tls13Verifier createTls13Verifier(
      String algorithm, AlgorithmParameterSpec parameter, PublicKey key) throws IOException {
    return super.createTls13Verifier(name(algorithm), parameter, key);
  }

  /** The hash is in the parameters, which BouncyCastle always sets. */
  private static String name(String algorithm) {
    return algorithm.endsWith("WITHRSAANDMGF1") ? "RSASSA-PSS" : algorithm;
  }
}
