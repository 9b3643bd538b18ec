package io.mintmark.provisioning.revocation;

import io.mintmark.identity.Denial;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.Feed;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Instant;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * What the end of certificates means, in the transaction of whoever decided it: their status, the
 * brokers' feed and that CRLs are due. Thread-safe.
 */
public final class CertificateEnd {

  private final Feed feed;

  /** For the brokers of this feed. */
  public CertificateEnd(Feed feed) {
    this.feed = feed;
  }

  /** Revokes certificates, those being signed this moment as well. */
  public void revoke(
      Transaction tx,
      Collection<CertificateRecord> certificates,
      RevocationReason reason,
      Instant now) {
    for (CertificateRecord certificate : certificates) {
      CertificateTable.end(tx, certificate.serial(), CertificateState.REVOKED, reason.word(), now);
      feed.append(
          tx,
          Denial.ofSerial(
              certificate.serial(), "revoked", certificate.validity().notAfter()));
    }
    crlsDue(tx, certificates);
  }

  /** The CRLs that have something new to tell. */
  static void crlsDue(Transaction tx, Collection<CertificateRecord> certificates) {
    certificates.stream()
        .map(CertificateRecord::issuer)
        .collect(Collectors.toSet())
        .forEach(issuer -> CrlTable.changed(tx, issuer));
  }
}
