package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.ca.CertificateAuthority;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Makes a key for a device that cannot make a good one itself, and certifies it. Who may have it is
 * what enrolment, or with an operational certificate renewal, says. Thread-safe.
 */
public final class ServerKeygen {

  private final Fleets fleets;
  private final CertificateAuthority authority;
  private final Enroller enroller;
  private final Renewer renewer;

  ServerKeygen(Fleets fleets, CertificateAuthority authority, Enroller enroller, Renewer renewer) {
    this.fleets = fleets;
    this.authority = authority;
    this.enroller = enroller;
    this.renewer = renewer;
  }

  /**
   * RFC 7030, section 4.4. Not idempotent: the key of an answer that got lost is gone, so asking
   * again makes another.
   *
   * @param label the fleet
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal NOT_FOUND if there is no such fleet or it has none of this; otherwise as of
   *     {@link Enroller#enroll} and {@link Renewer#renew}
   */
  public MadeKey make(FleetId label, List<X509Certificate> peerChain, KeyRequest request)
      throws Refusal {
    requireOn(label);
    return isOperational(peerChain)
        ? renewer.renewWithMadeKey(label, peerChain, request)
        : enroller.enrollWithMadeKey(label, peerChain, request);
  }

  /**
   * Requires that the fleet has it, before anything of the request is looked at.
   *
   * @throws Refusal NOT_FOUND if there is no such fleet or it has none of this
   */
  public void requireOn(FleetId label) throws Refusal {
    Fleet fleet = fleets
        .find(label)
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND, "fleet '" + label + "' is not known: check the EST label"));
    if (!fleet.enrolment().serverKeygen()) {
      throw new Refusal(
          Refusal.Kind.NOT_FOUND,
          "fleet '"
              + label
              + "' has no serverkeygen ('enrolment.server-keygen' is not true): make the key on the"
              + " device and use simpleenroll");
    }
  }

  /** Whether it claims to be of a CA of ours; the renewer then finds out. */
  private boolean isOperational(List<X509Certificate> peerChain) {
    return !peerChain.isEmpty()
        && authority.hierarchy().issuers().stream()
            .anyMatch(issuer -> issuer
                .certificate()
                .getSubjectX500Principal()
                .equals(peerChain.get(0).getIssuerX500Principal()));
  }
}
