package io.mintmark.provisioning.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/** The issuing key, wherever it lives. Implementations are thread-safe. */
@FunctionalInterface
public interface Signer {

  /** The one signature algorithm of our CAs, in JCA's words. */
  String ALGORITHM = "SHA256withECDSA";

  /**
   * Signs with {@link #ALGORITHM}.
   *
   * @throws GeneralSecurityException if the key cannot be used now
   */
  byte[] sign(byte[] toBeSigned) throws GeneralSecurityException;

  /** A key in memory, used through whichever JCA provider comes first. */
  static Signer of(PrivateKey key) {
    return toBeSigned -> {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(toBeSigned);
      return signature.sign();
    };
  }
}
