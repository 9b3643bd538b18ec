package io.mintmark.provisioning;

import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Somebody authenticated who asks to be a device of a fleet. Immutable.
 *
 * @param fleet whose rules apply
 * @param identity the device it would be
 * @param certificate what it proved possession of in TLS: the device's bootstrap certificate, or a
 *     claim certificate it shares with others
 * @param factoryCas the key ids of the CAs above its bootstrap certificate; none above a claim's
 * @param claim the claim it enrols by, or null
 * @param keySha256 SHA-256 of the SubjectPublicKeyInfo it wants certified, lower-case hex; of one
 *     who wants a key made, {@link KeyRequest#sha256}
 */
record Candidate(
    Fleet fleet,
    Identity.Device identity,
    X509Certificate certificate,
    List<String> factoryCas,
    Claim claim,
    String keySha256) {

  /** How the audit log calls it. */
  String actor() {
    return (claim == null ? "bootstrap:" : "claim:") + certificateSha256();
  }

  /** SHA-256 of its certificate, lower-case hex. */
  String certificateSha256() {
    return Pem.fingerprint(Issuance.der(certificate));
  }
}
