package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.Peers.Peer;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.presence.SupersededUse;
import io.mintmark.provisioning.revocation.EnrolmentBars;
import io.mintmark.provisioning.sql.ApplicationTable;
import io.mintmark.provisioning.sql.BrokerTable;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.jdbi.v3.core.Handle;

/**
 * Replaces an operational certificate before it expires. The one before stays good, so that its
 * holder may go on with it until the new one has arrived. Thread-safe.
 */
public final class Renewer {

  private final Registry registry;
  private final Fleets fleets;
  private final Optional<FleetId> defaultFleet;
  private final Peers peers;
  private final EnrolmentRates rates;
  private final Issuance issuance;
  private final LiveCertificates liveCertificates;
  private final CertificatesSeen seen;
  private final SupersededUse supersededUse;
  private final AuditLog audit;

  Renewer(
      Registry registry,
      Fleets fleets,
      Optional<FleetId> defaultFleet,
      Peers peers,
      EnrolmentRates rates,
      Issuance issuance,
      LiveCertificates liveCertificates,
      CertificatesSeen seen,
      SupersededUse supersededUse,
      AuditLog audit) {
    this.registry = registry;
    this.fleets = fleets;
    this.defaultFleet = defaultFleet;
    this.peers = peers;
    this.rates = rates;
    this.issuance = issuance;
    this.liveCertificates = liveCertificates;
    this.seen = seen;
    this.supersededUse = supersededUse;
    this.audit = audit;
  }

  /**
   * RFC 7030, section 4.2.2. Idempotent on the identity and its new key. A device's certificate may
   * have expired, no longer ago than its fleet's grace; all else holds for it as for another.
   *
   * @param label the label of the request, null for the path without one, which is for
   *     applications, brokers and devices of the default fleet
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal FORBIDDEN naming the rule, INVALID if the request does not repeat the current
   *     names, repeats the current key or has one of a type its fleet does not certify, TOO_MANY if
   *     it or its fleet asks too often, LATER if the issuing CA has come to its end
   */
  public X509Certificate renew(
      FleetId label, List<X509Certificate> peerChain, SigningRequest request) throws Refusal {
    Peer peer = holder(label, peerChain, request);
    requireNewKey(request, peer.certificate());
    return issue(peer, request.publicKey(), "");
  }

  /** As {@link #renew}, with a key that is made once nothing speaks against it. */
  MadeKey renewWithMadeKey(FleetId label, List<X509Certificate> peerChain, KeyRequest request)
      throws Refusal {
    Peer peer = holder(label, peerChain, request);
    KeyPair keys = request.type(profile(label)).generate();
    X509Certificate issued = issue(peer, keys.getPublic(), Enroller.MADE_HERE);
    return new MadeKey(keys.getPrivate(), issued);
  }

  /** Who may renew here and asks for no other names. */
  private Peer holder(FleetId label, List<X509Certificate> peerChain, NamedRequest request)
      throws Refusal {
    issuance.requireIssuer();
    Peer peer = peers.identify(peerChain, this::grace);
    requireLabel(label, peer.identity());
    try {
      registry.read(h -> permitted(h, peer));
    } catch (Refusal e) {
      supersededUse.refused(peer.certificate().getSerialNumber());
      throw e;
    }
    // Not sooner: who has but a stolen, revoked certificate must not use up what is the device's.
    rates.renewing(peer.identity());
    requireSameNames(request, peer.certificate());
    return peer;
  }

  private X509Certificate issue(Peer peer, PublicKey key, String remark) throws Refusal {
    return issuance.issue(
        order(peer, key),
        tx -> {
          permitted(tx.handle(), peer);
          EnrolmentBars.requireUncompromised(tx.handle(), Pem.fingerprint(key.getEncoded()));
          seen.seen(tx, peer.certificate().getSerialNumber());
        },
        (tx, issued) -> {
          // It may have been taken back while the new one was made.
          permitted(tx.handle(), peer);
          renewed(tx, peer, issued, remark);
        });
  }

  /** What a device's fleet lets pass; nobody else's certificate may have expired. */
  private Duration grace(Identity identity) {
    return identity instanceof Identity.Device device
        ? fleets
            .find(device.fleet())
            .map(fleet -> fleet.profile().expiredGrace())
            .orElse(Duration.ZERO)
        : Duration.ZERO;
  }

  private DeviceProfile profile(FleetId fleet) throws Refusal {
    return fleets
        .find(fleet)
        .orElseThrow(() -> forbidden("fleet '" + fleet + "' is not known any more"))
        .profile();
  }

  /**
   * What the new certificate will be. The request repeats the names there are; those that come are
   * what the profile of a fleet says now. A broker's hosts are in its certificate alone.
   */
  private Issuance.Order order(Peer peer, PublicKey key) throws Refusal {
    Identity identity = peer.identity();
    if (identity instanceof Identity.Device device) {
      DeviceProfile profile = profile(device.fleet());
      profile.requireKeyType(key);
      return new Issuance.Order(
          identity.spiffeId(), profile.names(device), profile.certificateProfile(), key);
    }
    return new Issuance.Order(
        identity.spiffeId(),
        CertifiedNames.of(identity, CertifiedNames.hosts(peer.certificate())),
        identity instanceof Identity.Application ? Applications.PROFILE : Brokers.PROFILE,
        key);
  }

  private void requireLabel(FleetId label, Identity identity) throws Refusal {
    FleetId own = identity instanceof Identity.Device device ? device.fleet() : null;
    if (own == null && label != null) {
      throw forbidden(
          "'" + identity + "' is of no fleet: renew it at the EST path without a label");
    }
    if (own != null && !own.equals(label == null ? defaultFleet.orElse(null) : label)) {
      throw forbidden("'" + identity + "' renews at the EST label '" + own + "' and no other");
    }
  }

  private Peer permitted(Handle handle, Peer peer) throws Refusal {
    peers.requireLive(handle, peer);
    EnrolmentBars.requireStaying(handle, peer.certificate().getSerialNumber());
    Identity identity = peer.identity();
    if (identity instanceof Identity.Device of) {
      Device device = DeviceTable.find(handle, of.device())
          .filter(d -> d.fleet().equals(of.fleet()))
          .orElseThrow(() -> forbidden("device '" + of.device() + "' is not known any more"));
      DeviceStates.requireNotBarred(device);
      EnrolmentBars.requireOpen(handle, of.fleet(), List.of());
    } else if (identity instanceof Identity.Application
        && ApplicationTable.find(handle, identity.name()).isEmpty()) {
      throw forbidden("application '" + identity.name() + "' is not known any more");
    } else if (identity instanceof Identity.Broker
        && !BrokerTable.exists(handle, identity.name())) {
      throw forbidden("broker '" + identity.name() + "' is not known any more");
    }
    return peer;
  }

  /** RFC 7030, section 4.2.2: subject and subjectAltName identical to the current ones. */
  private static void requireSameNames(NamedRequest request, X509Certificate current)
      throws Refusal {
    byte[] extension = current.getExtensionValue(Extension.subjectAlternativeName.getId());
    byte[] altName = ASN1OctetString.getInstance(extension).getOctets();
    if (!Arrays.equals(request.subject(), current.getSubjectX500Principal().getEncoded())) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request's subject is not that of the current certificate: repeat it, byte for byte"
              + " (RFC 7030, section 4.2.2)");
    }
    if (!Arrays.equals(request.subjectAltName(), altName)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request's subjectAltName is not that of the current certificate: repeat it, byte for"
              + " byte (RFC 7030, section 4.2.2)");
    }
  }

  private static void requireNewKey(SigningRequest request, X509Certificate current)
      throws Refusal {
    if (Arrays.equals(request.publicKey().getEncoded(), current.getPublicKey().getEncoded())) {
      throw new Refusal(
          Refusal.Kind.INVALID, "the request repeats the current key: make a new key each time");
    }
  }

  private void renewed(Transaction tx, Peer peer, X509Certificate issued, String remark) {
    CertificateTable.inheritFactoryCas(
        tx, issued.getSerialNumber(), peer.certificate().getSerialNumber());
    Identity identity = peer.identity();
    String kind;
    if (identity instanceof Identity.Device device) {
      kind = "device";
      liveCertificates.keep(
          tx, device, issued.getSerialNumber(), peer.certificate().getSerialNumber());
    } else {
      kind = identity instanceof Identity.Broker ? "broker" : "application";
      CertificateTable.renewedFrom(
          tx, issued.getSerialNumber(), peer.certificate().getSerialNumber());
    }
    audit.add(
        tx,
        identity.spiffeId(),
        kind + ".renewed",
        identity.name(),
        "serial "
            + issued.getSerialNumber().toString(16)
            + " after "
            + peer.certificate().getSerialNumber().toString(16)
            + (peer.expired()
                ? ", which expired at " + Validity.of(peer.certificate()).notAfter() + " (grace)"
                : "")
            + remark);
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
