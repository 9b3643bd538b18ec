package io.mintmark.provisioning.ca;

import java.security.PublicKey;
import java.security.cert.X509Certificate;

/**
 * A CA's key that is at hand. Its private half is behind the signer.
 *
 * @param ref where it is kept, as a registry names it
 * @param certificate what is kept with it: the CA's certificate, or a self-signed stand-in before
 *     there is one
 * @param signer signs with it
 */
public record CaKey(String ref, X509Certificate certificate, Signer signer) {

  /** The public half. */
  public PublicKey publicKey() {
    return certificate.getPublicKey();
  }
}
