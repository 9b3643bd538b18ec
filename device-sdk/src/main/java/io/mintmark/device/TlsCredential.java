package io.mintmark.device;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Validity;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;

/**
 * The operational credential and the TLS context that shows it, one for each credential: JSSE
 * resumes sessions per context, and a resumed session shows the certificate it began with.
 *
 * @param credential key and chain
 * @param identity who the certificate stands for
 * @param context shows the credential and trusts the device's anchors
 */
record TlsCredential(Credential credential, Identity.Device identity, SSLContext context) {

  /**
   * @throws IllegalArgumentException if the certificate does not stand for a device
   */
  static TlsCredential of(Credential credential, Collection<X509Certificate> anchors) {
    if (!(credential.identity() instanceof Identity.Device device)) {
      throw new IllegalArgumentException(
          "the certificate is for " + credential.identity() + ", which is not a device");
    }
    return new TlsCredential(credential, device, credential.tlsContext(anchors));
  }

  Validity validity() {
    return Validity.of(credential.certificate());
  }
}
