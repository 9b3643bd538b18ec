package io.mintmark.provisioning;

import io.mintmark.identity.Identity;
import java.security.cert.X509Certificate;
import java.util.List;

/** The brokers of the installation. Thread-safe. */
public final class Brokers {

  /**
   * A certificate for a broker, which becomes known by it; idempotent on name, key and hosts.
   *
   * @param hosts DNS names and IP addresses devices reach it by; at least one
   * @throws Refusal INVALID if the name or a host is not valid, or the request contradicts them
   */
  public X509Certificate certify(
      String name, SigningRequest request, List<String> hosts, String actor) throws Refusal {
    return null;
  }

  /**
   * Which broker speaks.
   *
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal FORBIDDEN unless it is the valid certificate of a broker
   */
  public Identity.Broker authenticate(List<X509Certificate> peerChain) throws Refusal {
    return null;
  }
}
