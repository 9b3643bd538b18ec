package io.mintmark.provisioning.ca;

import io.mintmark.identity.Printable;
import java.security.cert.X509Certificate;

/** A CA's certificate that cannot be used; the message names it and the rule it breaks. */
public final class CaChainException extends Exception {

  private static final long serialVersionUID = 1L;

  CaChainException(X509Certificate certificate, String fault) {
    super("the certificate of '"
        + Printable.of(certificate.getSubjectX500Principal().getName())
        + "' "
        + fault);
  }
}
