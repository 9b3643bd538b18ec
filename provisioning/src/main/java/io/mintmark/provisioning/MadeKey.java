package io.mintmark.provisioning;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.security.auth.DestroyFailedException;

/**
 * A private key the service made and the certificate for its public half. It exists here until the
 * device has been answered: nothing stores it.
 *
 * @param key the device's from now on
 * @param certificate for it
 */
public record MadeKey(PrivateKey key, X509Certificate certificate) implements AutoCloseable {

  /** Wipes the key where its provider can; the JDK's own cannot. */
  @Override
  public void close() {
    try {
      key.destroy();
    } catch (DestroyFailedException e) {
      // The garbage collector has it then.
    }
  }

  @Override
  public String toString() {
    return "key and certificate " + certificate.getSerialNumber().toString(16);
  }
}
