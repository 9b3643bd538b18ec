package io.mintmark.provisioning;

import io.mintmark.provisioning.ca.Hierarchy;
import io.mintmark.provisioning.revocation.CertificateEnd;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * What the revocation of a CA means, in the transaction of whoever decided it: its state, what it
 * signed, that CRLs are due, the audit log. Brokers are told with the bundle ({@link
 * Issuers#tellBundle}). Thread-safe.
 */
final class CaRevocation {

  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  CaRevocation(Feed feed, AuditLog audit, Clock clock) {
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Revokes a CA that is not in use.
   *
   * @param remark what the audit log says besides; empty for nothing
   * @return how many certificates it ended
   */
  int revoke(Transaction tx, Issuer issuer, RevocationReason reason, String actor, String remark) {
    Instant now = clock.instant();
    Hierarchy hierarchy = new Hierarchy(IssuerTable.all(tx.handle()));
    IssuerTable.setState(tx, issuer.id(), Issuer.State.REVOKED, now);
    IssuerTable.setReason(tx, issuer.id(), reason);
    CrlTable.changed(tx, issuer.id());
    hierarchy.rootOf(issuer).ifPresent(root -> CrlTable.changed(tx, root.id()));
    List<CertificateRecord> signed = CertificateTable.liveOfIssuer(tx.handle(), issuer.id(), now);
    new CertificateEnd(feed).revoke(tx, signed, reason, now);
    audit.add(
        tx,
        actor,
        "issuer.revoked",
        issuer.id(),
        issuer.role().word() + " CA, " + reason.word() + ", live certificates " + signed.size()
            + (remark.isEmpty() ? "" : ", " + remark));
    return signed.size();
  }
}
