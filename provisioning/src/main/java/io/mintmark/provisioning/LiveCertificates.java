package io.mintmark.provisioning;

import io.mintmark.identity.Denial;
import io.mintmark.identity.Identity;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;
import org.jdbi.v3.core.Handle;

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
    for (CertificateRecord live : issued(tx.handle(), device.spiffeId())) {
      if (!live.serial().equals(issued) && !live.serial().equals(inUse)) {
        supersede(tx, device, live, issued.toString(16) + " took its place");
      }
    }
  }

  /** After an enrolment nothing says which one is in use: the one before stays. */
  void keepLatestTwo(Transaction tx, Identity.Device device) {
    List<CertificateRecord> live = issued(tx.handle(), device.spiffeId());
    live.stream()
        .skip(2)
        .forEach(old -> supersede(tx, device, old, live.get(0).serialHex() + " took its place"));
  }

  /**
   * Those of the same device that are live and older than a certificate; of an application or a
   * broker the live one it was renewed from. None if it is not live itself.
   */
  List<CertificateRecord> before(Handle handle, CertificateRecord certificate) {
    if (!isDevice(certificate.identity())) {
      return certificate.state() == CertificateState.ISSUED
          ? CertificateTable.renewedFrom(handle, certificate.serial(), clock.instant())
              .map(List::of)
              .orElse(List.of())
          : List.of();
    }
    // The latest first.
    return issued(handle, certificate.identity()).stream()
        .dropWhile(live -> !live.serial().equals(certificate.serial()))
        .skip(1)
        .toList();
  }

  private static boolean isDevice(String identity) {
    try {
      return Identity.parse(identity) instanceof Identity.Device;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private List<CertificateRecord> issued(Handle handle, String identity) {
    // Also one that expired while its fleet's grace lasts: a later one that was seen ends that too.
    return CertificateTable.renewable(handle, identity, clock.instant()).stream()
        .filter(live -> live.state() == CertificateState.ISSUED)
        .toList();
  }

  /** Ends one certificate because a later one was seen in use. */
  void succeed(Transaction tx, Identity holder, CertificateRecord old, CertificateRecord used) {
    supersede(tx, holder, old, used.serialHex() + " was seen in use");
    CertificateTable.succeeded(tx, old.serial(), clock.instant());
  }

  /**
   * Ends one certificate, at the brokers too.
   *
   * @param why for the audit log: which certificate came after it, and how that is known
   */
  private void supersede(Transaction tx, Identity holder, CertificateRecord old, String why) {
    CertificateTable.end(
        tx,
        old.serial(),
        CertificateState.SUPERSEDED,
        RevocationReason.SUPERSEDED.word(),
        clock.instant());
    feed.append(tx, Denial.ofSerial(old.serial(), "superseded", old.validity().notAfter()));
    audit.add(
        tx,
        AuditLog.SYSTEM,
        "certificate.superseded",
        holder.name(),
        "serial " + old.serialHex() + ": " + why);
  }
}
