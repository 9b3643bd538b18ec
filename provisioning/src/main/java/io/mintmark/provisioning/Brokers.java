package io.mintmark.provisioning;

import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.Peers.Peer;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.sql.BrokerTable;
import io.mintmark.provisioning.sql.PresenceTable;
import io.mintmark.provisioning.sql.PresenceTable.BrokerView;
import io.mintmark.provisioning.sql.Registry;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The brokers of the installation. Thread-safe. */
public final class Brokers {

  /** A year: a broker takes a new certificate when it starts, and must not have to for that. */
  static final CertificateProfile PROFILE = new CertificateProfile(
      CertificateProfile.Kind.BROKER, Duration.ofDays(365), Duration.ofMinutes(5));

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final Peers peers;
  private final Issuance issuance;
  private final CertificatesSeen seen;
  private final AuditLog audit;
  private final Clock clock;

  Brokers(
      Registry registry,
      TrustDomain trustDomain,
      Peers peers,
      Issuance issuance,
      CertificatesSeen seen,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.peers = peers;
    this.issuance = issuance;
    this.seen = seen;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A certificate for a broker, which becomes known by it; idempotent on name, key and hosts.
   *
   * @param hosts DNS names and IP addresses devices reach it by; at least one
   * @throws Refusal INVALID if the name or a host is not valid, or the request contradicts them
   */
  public X509Certificate certify(
      String name, SigningRequest request, List<String> hosts, String actor) throws Refusal {
    return certify(names(name, hosts), request, actor, tx -> {}, (tx, issued) -> {});
  }

  /**
   * As {@link #certify(String, SigningRequest, List, String)}, with more that must hold, and more
   * that follows.
   */
  X509Certificate certify(
      CertifiedNames names,
      SigningRequest request,
      String actor,
      Issuance.Rule rule,
      Issuance.Consequence consequence)
      throws Refusal {
    RequestedNames.check(request, names);
    String name = names.commonName();
    return issuance.issue(
        new Issuance.Order(names.spiffeId(), names, PROFILE, request.publicKey()),
        tx -> {
          rule.check(tx);
          if (BrokerTable.put(tx, name, clock.instant())) {
            audit.add(tx, actor, "broker.created", name, null);
          }
        },
        (tx, issued) -> {
          consequence.apply(tx, issued);
          audit.add(
              tx,
              actor,
              "broker.certified",
              name,
              "hosts " + names.hosts() + ", serial " + issued.getSerialNumber().toString(16));
        });
  }

  /** All brokers by name, and what they were last heard to say. */
  public List<BrokerView> list() {
    return registry.read(h -> PresenceTable.brokers(h, clock.instant()));
  }

  /**
   * What its certificate will say.
   *
   * @throws Refusal INVALID if the name or a host is not valid, or there is no host
   */
  CertifiedNames names(String name, List<String> hosts) throws Refusal {
    if (hosts.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "a broker needs at least one host: the DNS name or IP address devices connect to");
    }
    try {
      return CertifiedNames.of(new Identity.Broker(trustDomain, name), hosts);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, e.getMessage());
    }
  }

  /**
   * Which broker speaks.
   *
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal FORBIDDEN unless it is the valid certificate of a broker
   */
  public Identity.Broker authenticate(List<X509Certificate> peerChain) throws Refusal {
    Peer peer = peers.identify(peerChain);
    if (!(peer.identity() instanceof Identity.Broker broker)) {
      throw new Refusal(
          Refusal.Kind.FORBIDDEN, "'" + peer.identity() + "' is not a broker: the feed is theirs");
    }
    registry.read(h -> {
      peers.requireLive(h, peer);
      return null;
    });
    seen.seen(peer.certificate().getSerialNumber());
    return broker;
  }
}
