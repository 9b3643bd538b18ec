package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import java.security.cert.X509Certificate;
import java.util.List;

/** Replaces an operational certificate before it expires. Thread-safe. */
public final class Renewer {

  /**
   * RFC 7030, section 4.2.2.
   *
   * @param label the label of the request, null for the path without one
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal FORBIDDEN naming the rule, INVALID if the request does not repeat the current
   *     names or repeats the current key
   */
  public X509Certificate renew(
      FleetId label, List<X509Certificate> peerChain, SigningRequest request) throws Refusal {
    return null;
  }
}
