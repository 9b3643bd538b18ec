package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import java.security.cert.X509Certificate;
import java.util.List;

/** Gives a device its first operational certificate. Thread-safe. */
public final class Enroller {

  /**
   * RFC 7030, section 4.2.1.
   *
   * @param fleet the label of the request
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal NOT_FOUND for an unknown fleet, FORBIDDEN naming the rule, INVALID if the
   *     request contradicts the identity
   */
  public X509Certificate enroll(
      FleetId fleet, List<X509Certificate> peerChain, SigningRequest request) throws Refusal {
    return null;
  }
}
