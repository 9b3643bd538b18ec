package io.mintmark.provisioning;

import io.mintmark.identity.Bundle;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.Peers.Peer;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.presence.SupersededUse;
import io.mintmark.provisioning.sql.BundleTable;
import io.mintmark.provisioning.sql.Registry;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes devices' word for which trust anchors they hold: what a change of roots waits for.
 * Applications and brokers may ask the same way whether they hold the right ones; nobody waits for
 * them. Thread-safe.
 */
public final class BundleReports {

  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  /** The same report is written down once in this time. */
  private static final Duration REPEATED = Duration.ofHours(12);

  private final Registry registry;
  private final CertificateAuthority authority;
  private final Peers peers;
  private final CertificatesSeen seen;
  private final SupersededUse supersededUse;
  private final Clock clock;

  BundleReports(
      Registry registry,
      CertificateAuthority authority,
      Peers peers,
      CertificatesSeen seen,
      SupersededUse supersededUse,
      Clock clock) {
    this.registry = registry;
    this.authority = authority;
    this.peers = peers;
    this.seen = seen;
    this.supersededUse = supersededUse;
    this.clock = clock;
  }

  /**
   * Somebody says what it holds, with the certificate it uses now: those it was renewed from are
   * superseded.
   *
   * @param peerChain what the client proved possession of in TLS, leaf first
   * @param sha256 as of {@link Bundle#fingerprint}
   * @return whether it is what there is to hold now; if not, {@code /cacerts} has it
   * @throws Refusal INVALID if it is no fingerprint, FORBIDDEN unless a valid operational
   *     certificate is shown
   */
  public boolean report(List<X509Certificate> peerChain, String sha256) throws Refusal {
    Peer peer = peers.identify(peerChain);
    if (!FINGERPRINT.matcher(sha256).matches()) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "'" + Printable.of(sha256)
              + "' is no bundle's fingerprint: send 64 lower-case hex digits");
    }
    try {
      registry.read(h -> {
        peers.requireLive(h, peer);
        return null;
      });
    } catch (Refusal e) {
      supersededUse.refused(peer.certificate().getSerialNumber());
      throw e;
    }
    seen.seen(peer.certificate().getSerialNumber());
    if (peer.identity() instanceof Identity.Device identity) {
      hold(identity.device(), sha256, clock.instant());
    }
    return sha256.equals(Bundle.fingerprint(authority.trustAnchors()));
  }

  private void hold(DeviceId device, String sha256, Instant now) {
    boolean known = registry
        .read(h -> BundleTable.held(h, device))
        .filter(held -> held.sha256().equals(sha256))
        .filter(held -> held.reportedAt().plus(REPEATED).isAfter(now))
        .isPresent();
    if (!known) {
      registry.write(tx -> {
        BundleTable.hold(tx, device, sha256, now);
        return null;
      });
    }
  }
}
