package io.mintmark.provisioning.revocation;

import io.mintmark.identity.Identity;
import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.Feed;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * Revokes single certificates, for good; whose they are stays as it is and may have another one.
 * Thread-safe.
 */
public final class CertificateRevoker {

  private final Registry registry;
  private final Certificates certificates;
  private final CertificateEnd certificateEnd;
  private final AuditLog audit;
  private final Clock clock;

  /** For the certificates of this registry and the brokers of this feed. */
  public CertificateRevoker(
      Registry registry, Certificates certificates, Feed feed, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.certificates = certificates;
    this.certificateEnd = new CertificateEnd(feed);
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Revokes a certificate.
   *
   * @param serial in hex, as {@code openssl x509 -serial} or {@code -text} shows it
   * @param issuerOrNull the key id of the CA that must have signed it; null for any of ours
   * @param reason a CRLReason name of RFC 5280, section 5.3.1; null for {@code unspecified}
   * @throws Refusal INVALID if the serial or the reason is none; NOT_FOUND if the issuer or its
   *     certificate is not known; CONFLICT if it is revoked or superseded already, or has expired
   */
  public void revoke(String serial, String issuerOrNull, String reason, String actor)
      throws Refusal {
    RevocationReason why = Reasons.OF_END_ENTITIES.of(reason);
    registry.write(tx -> {
      Instant now = clock.instant();
      CertificateRecord certificate = certificates.require(tx.handle(), serial, issuerOrNull);
      requireLive(tx, certificate, now);
      revoke(tx, List.of(certificate), why, actor, "", now);
      return null;
    });
  }

  private void requireLive(Transaction tx, CertificateRecord certificate, Instant now)
      throws Refusal {
    String fault = null;
    if (certificate.state() == CertificateState.REVOKED
        || certificate.state() == CertificateState.SUPERSEDED) {
      fault = "is " + certificates.describe(tx.handle(), certificate) + " already";
    } else if (!certificate
        .validity()
        .notAfter()
        .plus(FleetTable.longestGrace(tx.handle()))
        .isAfter(now)) {
      fault = "expired at " + certificate.validity().notAfter() + ": there is nothing to revoke";
    }
    if (fault != null) {
      throw new Refusal(
          Refusal.Kind.CONFLICT, "certificate " + certificate.serialHex() + " " + fault);
    }
  }

  /** Revokes live certificates, each with a row of the audit log. */
  void revoke(
      Transaction tx,
      List<CertificateRecord> live,
      RevocationReason reason,
      String actor,
      String remark,
      Instant now) {
    certificateEnd.revoke(tx, live, reason, now);
    for (CertificateRecord certificate : live) {
      audit.add(
          tx,
          actor,
          "certificate.revoked",
          name(certificate.identity()),
          "serial " + certificate.serialHex() + ", reason " + reason.word() + remark);
    }
  }

  /** The service's own are of no SPIFFE ID. */
  private static String name(String identity) {
    try {
      return Identity.parse(identity).name();
    } catch (IllegalArgumentException e) {
      return identity;
    }
  }
}
