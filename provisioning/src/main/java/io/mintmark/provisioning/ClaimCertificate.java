package io.mintmark.provisioning;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.sql.ClaimTable;
import io.mintmark.provisioning.sql.Registry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * A certificate many devices share until each has its own. What makes it good is the claim an
 * operator bound to it, byte for byte; who issued it does not count.
 *
 * @param certificate it
 * @param claim what it may be used for
 */
record ClaimCertificate(X509Certificate certificate, Claim claim) {

  /**
   * Finds the claim of what was shown.
   *
   * @throws Refusal FORBIDDEN naming the rule that is broken
   */
  static ClaimCertificate of(
      List<X509Certificate> peerChain, FleetId fleet, Registry registry, Instant now)
      throws Refusal {
    if (peerChain.isEmpty()) {
      throw forbidden("no client certificate was shown: enrol with the claim certificate");
    }
    X509Certificate leaf = peerChain.get(0);
    String sha256 = Pem.fingerprint(Issuance.der(leaf));
    Claim claim = registry
        .read(h -> ClaimTable.find(h, fleet, sha256))
        .orElseThrow(() -> forbidden("the certificate with SHA-256 "
            + sha256
            + " is no claim certificate of fleet '"
            + fleet
            + "'"));
    String fault = fault(leaf, now);
    if (fault != null) {
      throw forbidden("the claim certificate " + fault);
    }
    return new ClaimCertificate(leaf, claim);
  }

  /** What keeps a certificate from being a claim's, as of {@link Chains#fault}. */
  static String fault(X509Certificate certificate, Instant now) {
    if (!Validity.of(certificate).contains(now)) {
      return "is valid from "
          + certificate.getNotBefore().toInstant()
          + " to "
          + certificate.getNotAfter().toInstant()
          + ", not now";
    }
    String fault = Chains.clientFault(certificate);
    return fault == null ? KeyPolicy.certificateFault(certificate) : fault;
  }

  /**
   * The device that asks. A shared certificate cannot say which one it is, so the request's CN
   * does; what keeps it honest are the claim's bounds and {@link Admission}.
   *
   * @throws Refusal INVALID if the request names no device
   */
  static DeviceId device(NamedRequest request) throws Refusal {
    String name;
    try {
      name = DeviceIdSource.commonName(X500Name.getInstance(request.subject()));
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, "the request's subject cannot be read");
    }
    if (name == null || !DeviceId.isValid(name)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          (name == null
                  ? "the request has no CN"
                  : "the request's CN '" + Printable.of(name) + "' is no device id")
              + ": with a claim certificate it names the device, 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    return new DeviceId(name);
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
