package io.mintmark.provisioning.ca;

import java.security.cert.X509Certificate;
import java.util.List;

/** The issuing CA and the root above it. Thread-safe. */
public final class CertificateAuthority {

  /** The roots: what everybody should trust. */
  public List<X509Certificate> trustAnchors() {
    return null;
  }

  /** The roots and the issuing CA, for {@code /cacerts} (RFC 7030, section 4.1.3). */
  public List<X509Certificate> caCertificates() {
    return null;
  }

  /** The certificate and its issuers, without the root: what its holder shows in TLS. */
  public List<X509Certificate> chain(X509Certificate leaf) {
    return null;
  }
}
