package io.mintmark.provisioning;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Issued;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Chains;
import io.mintmark.provisioning.sql.CertificateTable;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Who speaks, by an operational certificate of ours shown in TLS. Thread-safe. */
final class Peers {

  /**
   * Somebody whose certificate is validly ours; {@link Peers#requireLive} says whether it still
   * counts.
   *
   * @param certificate what was shown
   * @param identity the one it carries
   * @param expired whether it is but for a grace that lasts
   */
  record Peer(X509Certificate certificate, Identity identity, boolean expired) {}

  /** How long after its end somebody's certificate is let pass. */
  @FunctionalInterface
  interface Grace {
    /** Nobody's is. */
    Grace NONE = identity -> Duration.ZERO;

    /** Of this identity, which nobody has vouched for yet. */
    Duration of(Identity identity);
  }

  /** Takes certificates back that the registry has lost. */
  @FunctionalInterface
  interface Lost {
    /** This one, if it is one of them; the supplier finds the id of the CA that signed it. */
    void takeBack(X509Certificate certificate, Identity identity, Supplier<String> issuer);
  }

  private final CertificateAuthority authority;
  private final TrustDomain trustDomain;
  private final Lost lost;
  private final Clock clock;

  Peers(CertificateAuthority authority, TrustDomain trustDomain, Lost lost, Clock clock) {
    this.authority = authority;
    this.trustDomain = trustDomain;
    this.lost = lost;
    this.clock = clock;
  }

  /**
   * Validates what was shown. Only the leaf is looked at: it must be signed by an issuing CA of ours
   * itself, active or retired, whatever else came along.
   *
   * @throws Refusal FORBIDDEN naming what is wrong
   */
  Peer identify(List<X509Certificate> peerChain) throws Refusal {
    return identify(peerChain, Grace.NONE);
  }

  /** As {@link #identify(List)}, and for some a certificate passes that expired a short time ago. */
  Peer identify(List<X509Certificate> peerChain, Grace grace) throws Refusal {
    if (peerChain.isEmpty()) {
      throw forbidden("no client certificate was shown: show your operational certificate");
    }
    X509Certificate leaf = peerChain.get(0);
    String fault = Chains.clientFault(leaf);
    Instant now = clock.instant();
    Instant end = Validity.of(leaf).notAfter();
    boolean expired = now.isAfter(end);
    Duration forgiven = expired ? forgiven(leaf, grace) : Duration.ZERO;
    if (fault == null) {
      // One that is forgiven was good at its end; whether it was revoked is not a matter of time.
      Instant at = now.isAfter(end.plus(forgiven)) ? now : earlier(now, end);
      fault = Chains.fault(List.of(leaf), authority.hierarchy().accepted(), at);
      if (fault != null && fault.startsWith("expired") && !forgiven.isZero()) {
        fault += ", longer ago than the " + DurationText.of(forgiven) + " its fleet lets pass";
      }
    }
    if (fault != null) {
      throw forbidden("the operational certificate " + fault);
    }
    Identity identity;
    try {
      identity = Identity.of(leaf);
    } catch (IllegalArgumentException e) {
      throw forbidden("the certificate shown carries no identity: " + e.getMessage());
    }
    if (!identity.trustDomain().equals(trustDomain)) {
      throw forbidden("the certificate is of trust domain '"
          + identity.trustDomain()
          + "', this is '"
          + trustDomain
          + "'");
    }
    lost.takeBack(leaf, identity, () -> issuer(leaf));
    return new Peer(leaf, identity, expired);
  }

  private static Duration forgiven(X509Certificate leaf, Grace grace) {
    try {
      return grace.of(Identity.of(leaf));
    } catch (IllegalArgumentException e) {
      // It carries no identity; what is wrong with it is said elsewhere.
      return Duration.ZERO;
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private String issuer(X509Certificate leaf) {
    return authority.hierarchy().issuers().stream()
        .filter(i -> Issued.by(leaf, i.certificate()))
        .map(Issuer::id)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Requires that the registry knows the certificate, byte for byte, as issued and neither
   * superseded nor revoked.
   *
   * @throws Refusal FORBIDDEN naming what is wrong
   */
  void requireLive(Handle handle, Peer peer) throws Refusal {
    CertificateRecord known = CertificateTable.find(handle, peer.certificate().getSerialNumber())
        .filter(c -> Arrays.equals(c.content(), Issuance.der(peer.certificate())))
        .orElseThrow(() -> forbidden("the operational certificate is not in the registry"));
    if (known.state() != CertificateState.ISSUED) {
      throw forbidden("the operational certificate with serial "
          + known.serialHex()
          + " is "
          + known.state().word());
    }
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
