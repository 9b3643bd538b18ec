package io.mintmark.provisioning;

import io.mintmark.identity.Pem;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertificateProfile.Kind;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.ca.Permit;
import io.mintmark.provisioning.recovery.RecoveryGate;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The one way to an operational certificate: in one transaction the rules are checked and the
 * serial number and the whole to-be-signed certificate are stored; then it is signed; in a second
 * transaction it is recorded with what follows from it. A crash in between leaves a reservation
 * that can be revoked, and a repeated request succeeds. Thread-safe.
 *
 * <p>Idempotent on identity and key: who asks again receives the certificate there is. Who asks
 * while another thread, or another node, is about to sign for the same identity and key signs the
 * same reservation; the first to record it wins, and the signature of the other is dropped.
 */
final class Issuance {

  /** Older reservations are what a crash left; a new one is made instead. */
  private static final Duration ADOPTABLE = Duration.ofMinutes(1);

  /**
   * What to certify.
   *
   * @param factoryCas the key ids of the CAs above a bootstrap certificate that led to it; null where
   *     none did, or not this time
   */
  record Order(
      String identity,
      CertifiedNames names,
      CertificateProfile profile,
      PublicKey key,
      List<String> factoryCas) {

    Order(String identity, CertifiedNames names, CertificateProfile profile, PublicKey key) {
      this(identity, names, profile, key, null);
    }

    String keySha256() {
      return Pem.fingerprint(key.getEncoded());
    }
  }

  /** What must hold in the moment the serial is reserved. */
  @FunctionalInterface
  interface Rule {
    void check(Transaction tx) throws Refusal;
  }

  /** What follows from a new certificate; not called when an existing one is given again. */
  @FunctionalInterface
  interface Consequence {
    void apply(Transaction tx, X509Certificate issued) throws Refusal;
  }

  private final Registry registry;
  private final CertificateAuthority authority;
  private final Clock clock;
  private final IssuerEnd issuerEnd;
  private final RecoveryGate gate;

  Issuance(Registry registry, CertificateAuthority authority, RecoveryGate gate, Clock clock) {
    this.registry = registry;
    this.authority = authority;
    this.gate = gate;
    this.clock = clock;
    this.issuerEnd = new IssuerEnd(authority::issuing);
  }

  /**
   * The certificate of an order: the one there is, or a new one.
   *
   * @throws Refusal of the rule or the consequence; FORBIDDEN if the certificate was revoked before
   *     it was signed; LATER if the issuing CA has come to its end, or the registry is older than
   *     what it told: then only the service itself and brokers, who recover it, get one
   */
  X509Certificate issue(Order order, Rule rule, Consequence consequence) throws Refusal {
    Instant now = clock.instant();
    if (order.profile().kind() == Kind.DEVICE || order.profile().kind() == Kind.APPLICATION) {
      gate.requireOpen();
    }
    issuerEnd.requireRoom(order.profile().lifetime(), now);
    Permit draft = authority.draft(order.profile(), order.names(), order.key(), now);
    return issue(draft, order, rule, consequence, now);
  }

  /**
   * As {@link #issue(Order, Rule, Consequence)}, for a new key of our own and by any of our CAs.
   *
   * @param issuer its id
   * @throws Refusal never, but for a revocation at this very moment
   */
  X509Certificate issueBy(String issuer, Order order, Consequence consequence) throws Refusal {
    Instant now = clock.instant();
    Permit draft = authority.draft(issuer, order.profile(), order.names(), order.key(), now);
    return issue(draft, order, tx -> {}, consequence, now);
  }

  private X509Certificate issue(
      Permit draft, Order order, Rule rule, Consequence consequence, Instant now) throws Refusal {
    Decision decision = registry.write(tx -> {
      rule.check(tx);
      return decide(tx, order, draft, now);
    });
    if (decision.existing() != null) {
      return decision.existing();
    }
    X509Certificate signed = authority.sign(decision.permit());
    return registry.write(tx -> record(tx, signed, consequence));
  }

  /**
   * Asked first where the issuing CA itself says who speaks: past its end nobody would be ours; and
   * a registry that is older than what it told does not know who is.
   *
   * @throws Refusal LATER if the issuing CA has come to its end, or the registry is too old
   */
  void requireIssuer() throws Refusal {
    gate.requireOpen();
    issuerEnd.requireRoom(Duration.ZERO, clock.instant());
  }

  /**
   * Asked first where the registry itself says who speaks.
   *
   * @throws Refusal LATER if it is older than what it told
   */
  void requireOpen() throws Refusal {
    gate.requireOpen();
  }

  /** Exactly one is not null. */
  private record Decision(X509Certificate existing, Permit permit) {}

  private Decision decide(Transaction tx, Order order, Permit draft, Instant now) {
    String key = order.keySha256();
    for (CertificateRecord known : CertificateTable.live(tx.handle(), order.identity(), now)) {
      if (!known.keySha256().equals(key)) {
        continue;
      }
      if (known.state() == CertificateState.ISSUED) {
        X509Certificate certificate = known.certificate();
        if (authority.accepts(known.issuer()) && order.profile().fits(certificate, order.names())) {
          return new Decision(certificate, null);
        }
      } else if (known.reservedAt().plus(ADOPTABLE).isAfter(now)) {
        Optional<Permit> permit = authority.resume(known.content(), order.profile(), order.names());
        if (permit.isPresent()) {
          return new Decision(null, permit.get());
        }
      }
    }
    CertificateTable.reserve(
        tx,
        new CertificateRecord(
            draft.serial(),
            order.identity(),
            key,
            draft.validity(),
            CertificateState.RESERVED,
            draft.toBeSigned(),
            now,
            draft.issuer()),
        order.factoryCas());
    return new Decision(null, draft);
  }

  private static X509Certificate record(
      Transaction tx, X509Certificate signed, Consequence consequence) throws Refusal {
    if (CertificateTable.issued(tx, signed.getSerialNumber(), der(signed))) {
      consequence.apply(tx, signed);
      return signed;
    }
    return CertificateTable.find(tx.handle(), signed.getSerialNumber())
        .filter(other -> other.state() == CertificateState.ISSUED)
        .map(CertificateRecord::certificate)
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.FORBIDDEN, "the identity was revoked while its certificate was made"));
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }
}
