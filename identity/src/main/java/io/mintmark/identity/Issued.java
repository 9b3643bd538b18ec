package io.mintmark.identity;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

/** Which certificate issued which. */
public final class Issued {

  private Issued() {}

  /**
   * Whether a certificate names another as its issuer and is signed by that one's key (RFC 5280,
   * section 6.1.3). Whether that one is a CA and either is valid is not asked.
   */
  public static boolean by(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
