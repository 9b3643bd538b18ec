package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.provisioning.ca.Revocation;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a factory gave a device (IEEE 802.1AR IDevID), after it was validated against the CAs of one
 * fleet.
 *
 * @param certificate it
 * @param device the device it names
 * @param factoryCas the key ids of the CAs above it
 */
record BootstrapCertificate(X509Certificate certificate, DeviceId device, List<String> factoryCas) {

  /** It takes a person; asking each few seconds would help nobody. */
  private static final Duration CRL_RETRY = Duration.ofHours(1);

  /**
   * Validates a presented chain.
   *
   * @throws Refusal FORBIDDEN naming the rule that is broken
   */
  static BootstrapCertificate of(List<X509Certificate> peerChain, Fleet fleet, Instant now)
      throws Refusal {
    if (peerChain.isEmpty()) {
      throw forbidden(
          "no client certificate was shown: enrol with the device's bootstrap certificate");
    }
    X509Certificate leaf = peerChain.get(0);
    List<X509Certificate> path = List.of();
    String fault = Chains.clientFault(leaf);
    if (fault == null) {
      fault = KeyPolicy.certificateFault(leaf);
    }
    if (fault == null) {
      Chains.Outcome outcome = Chains.validate(peerChain, fleet.factoryCas(), now);
      fault = outcome.fault();
      path = outcome.path();
      if (fault == null && !fleet.factoryCrls().isEmpty()) {
        requireCurrentCrl(path, fleet, now);
        fault = Revocation.fault(path, fleet.factoryCrls(), now);
      }
    }
    if (fault != null) {
      throw forbidden("the bootstrap certificate '"
          + Printable.of(leaf.getSubjectX500Principal().getName())
          + "' "
          + fault
          + " (fleet '"
          + fleet.id()
          + "')");
    }
    List<String> factoryCas =
        path.stream().skip(1).map(ca -> KeyIds.hex(ca.getPublicKey())).toList();
    return new BootstrapCertificate(leaf, fleet.enrolment().deviceId().of(leaf), factoryCas);
  }

  /** Refused for now: the device has done nothing wrong, and a newer CRL may clear it. */
  private static void requireCurrentCrl(List<X509Certificate> path, Fleet fleet, Instant now)
      throws Refusal {
    Optional<Instant> stale = Revocation.staleSince(path, fleet.factoryCrls(), now);
    if (stale.isPresent()) {
      throw new Refusal(
          Refusal.Kind.LATER,
          "the factory CRL of fleet '"
              + fleet.id()
              + "' expired at "
              + stale.get()
              + ": an operator has to apply the one after it",
          CRL_RETRY);
    }
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
