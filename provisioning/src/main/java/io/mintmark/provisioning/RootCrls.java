package io.mintmark.provisioning;

import io.mintmark.provisioning.Issuer.Role;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.ca.CrlSigner;
import io.mintmark.provisioning.ca.SignedCrl;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * CRLs of roots whose key is not with the service: drafted here, signed where the key is, taken
 * back. Thread-safe.
 */
public final class RootCrls {

  private final Registry registry;
  private final CrlPublisher publisher;
  private final AuditLog audit;
  private final Clock clock;

  RootCrls(Registry registry, CrlPublisher publisher, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.publisher = publisher;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * What the root is to sign: its next CRL.
   *
   * @param id the root's
   * @return DER of a TBSCertList
   * @throws Refusal NOT_FOUND for an unknown CA; CONFLICT if it is no root of ours, or revoked
   */
  public byte[] draft(String id) throws Refusal {
    Instant now = clock.instant();
    return registry.write(tx -> {
      Issuer root = requireRoot(tx, id);
      Crl before = CrlTable.find(tx.handle(), root.id()).orElse(null);
      Instant thisUpdate = CrlPublisher.thisUpdate(before, now);
      return CrlSigner.draft(
          root.certificate(),
          CrlSigner.Scope.AUTHORITIES,
          CrlTable.take(tx, root.id(), now).number(),
          thisUpdate,
          thisUpdate.plus(CrlPublisher.LIFETIME_OF_ROOTS),
          revoked(tx, root));
    });
  }

  /**
   * Publishes the signed one.
   *
   * @param id the root's
   * @param der the CRL
   * @return how many CAs it lists
   * @throws Refusal INVALID if it is not the root's; CONFLICT if it is not what was drafted last, or
   *     a CA was revoked meanwhile; and as of {@link #draft}
   */
  public int publish(String id, byte[] der, String actor) throws Refusal {
    SignedCrl signed;
    try {
      signed = SignedCrl.read(der);
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Kind.INVALID, "the body is no CRL: " + e.getMessage());
    }
    Crl crl = new Crl(
        signed.number(), signed.thisUpdate(), signed.nextUpdate(), signed.thisUpdate(), der);
    String root = registry.write(tx -> {
      Issuer issuer = requireRoot(tx, id);
      if (!signed.isSignedBy(issuer.certificate())) {
        throw new Refusal(
            Refusal.Kind.INVALID, "the CRL is not signed by the key of root " + issuer.id());
      }
      CrlTable.Taken drafted = CrlTable.taken(tx.handle(), issuer.id());
      Set<BigInteger> serials =
          revoked(tx, issuer).stream().map(RevokedSerial::serial).collect(Collectors.toSet());
      if (drafted.number() != signed.number() || !serials.equals(signed.serials())) {
        throw new Refusal(
            Refusal.Kind.CONFLICT,
            "CRL " + signed.number() + " of root " + issuer.id()
                + " is not the one that is due now: sign again");
      }
      CrlTable.publish(tx, issuer.id(), drafted, crl);
      audit.add(
          tx,
          actor,
          "crl.signed",
          issuer.id(),
          "number " + signed.number() + ", revoked CAs " + serials.size());
      return issuer.id();
    });
    publisher.published(root, crl, signed.serials().size());
    return signed.serials().size();
  }

  private static Issuer requireRoot(Transaction tx, String id) throws Refusal {
    Issuer issuer = Issuers.require(tx, id);
    String fault = issuer.role() != Role.ROOT
        ? "is no root: the service makes its CRL"
        : issuer.keyRef() == null
            ? "is somebody else's: so is its CRL"
            : issuer.state() == State.REVOKED ? "is revoked: nobody believes its CRL" : null;
    if (fault != null) {
      throw new Refusal(Refusal.Kind.CONFLICT, "CA " + issuer.id() + " " + fault);
    }
    return issuer;
  }

  private static List<RevokedSerial> revoked(Transaction tx, Issuer root) {
    return CrlPublisher.revokedBelow(root, IssuerTable.all(tx.handle()));
  }
}
