package io.mintmark.provisioning;

import io.mintmark.identity.Denial;
import io.mintmark.identity.Identity;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;

/**
 * Keeps a device at two live certificates: the one it has just received and the one it goes on
 * using until that has arrived. Others are superseded and denied at the broker. Thread-safe.
 */
final class LiveCertificates {

  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  LiveCertificates(Feed feed, AuditLog audit, Clock clock) {
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * After a renewal the two are the new one and the one that authenticated it. Not simply the two
   * latest: a device whose answers get lost renews again and again with the one it holds, and must
   * not lose that.
   */
  void keep(Transaction tx, Identity.Device device, BigInteger issued, BigInteger inUse) {
    for (CertificateRecord live : issued(tx, device)) {
      if (!live.serial().equals(issued) && !live.serial().equals(inUse)) {
        supersede(tx, device, live);
      }
    }
  }

  /** After an enrolment nothing says which one is in use: the one before stays. */
  void keepLatestTwo(Transaction tx, Identity.Device device) {
    issued(tx, device).stream().skip(2).forEach(live -> supersede(tx, device, live));
  }

  private List<CertificateRecord> issued(Transaction tx, Identity.Device device) {
    return CertificateTable.live(tx.handle(), device.spiffeId(), clock.instant()).stream()
        .filter(live -> live.state() == CertificateState.ISSUED)
        .toList();
  }

  private void supersede(Transaction tx, Identity.Device device, CertificateRecord old) {
    CertificateTable.end(tx, old.serial(), CertificateState.SUPERSEDED, "superseded");
    feed.append(tx, Denial.ofSerial(old.serial(), "superseded", old.validity().notAfter()));
    audit.add(
        tx,
        AuditLog.SYSTEM,
        "certificate.superseded",
        device.device().value(),
        "serial " + old.serialHex());
  }
}
