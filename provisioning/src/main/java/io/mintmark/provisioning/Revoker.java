package io.mintmark.provisioning;

import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes a device's right to connect away, for good or for a while. State, feed and audit change in
 * one transaction; brokers hear of it the moment it is committed. Thread-safe.
 */
public final class Revoker {

  private static final List<String> REASONS = RevocationReason.ofEndEntities();

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final Feed feed;
  private final AuditLog audit;
  private final Clock clock;

  Revoker(Registry registry, TrustDomain trustDomain, Feed feed, AuditLog audit, Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Revokes a device with all its live certificates, for good. Repeating it changes nothing.
   *
   * @param reason a CRLReason name of RFC 5280, section 5.3.1, for example {@code keyCompromise};
   *     null for {@code unspecified}
   * @throws Refusal NOT_FOUND for an unknown device, INVALID for an unknown reason
   */
  public void revoke(DeviceId device, String reason, String actor) throws Refusal {
    String why = reason == null ? RevocationReason.UNSPECIFIED.word() : reason;
    if (!REASONS.contains(why)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "revocation reason '"
              + Printable.of(why)
              + "' is not known: use one of "
              + REASONS
              + (why.equals(RevocationReason.CERTIFICATE_HOLD.word())
                  ? ", or suspend the device"
                  : ""));
    }
    registry.write(tx -> {
      Device known = find(tx, device);
      if (known.state() == DeviceState.REVOKED) {
        return null;
      }
      DeviceTable.setState(tx, device, DeviceState.REVOKED);
      Identity identity = identity(known);
      feed.append(tx, Denial.ofIdentity(identity, "revoked"));
      int certificates = revokeCertificates(tx, identity, why);
      audit.add(
          tx,
          actor,
          "device.revoked",
          device.value(),
          "reason " + why + ", live certificates " + certificates);
      return null;
    });
  }

  /** Those being signed this moment as well. */
  private int revokeCertificates(Transaction tx, Identity identity, String reason) {
    Instant now = clock.instant();
    List<CertificateRecord> live = CertificateTable.live(tx.handle(), identity.spiffeId(), now);
    for (CertificateRecord certificate : live) {
      CertificateTable.end(tx, certificate.serial(), CertificateState.REVOKED, reason, now);
      CrlTable.changed(tx, certificate.issuer());
      feed.append(
          tx,
          Denial.ofSerial(
              certificate.serial(), "revoked", certificate.validity().notAfter()));
    }
    return live.size();
  }

  /**
   * Suspends a device until it is released. Repeating it changes nothing.
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT for a revoked one
   */
  public void suspend(DeviceId device, String actor) throws Refusal {
    registry.write(tx -> {
      Device known = findNotRevoked(tx, device);
      if (known.state() != DeviceState.SUSPENDED) {
        DeviceTable.setState(tx, device, DeviceState.SUSPENDED);
        feed.append(tx, Denial.ofIdentity(identity(known), "suspended"));
        Instant now = clock.instant();
        forEachLive(tx, identity(known), live -> {
          CertificateTable.hold(tx, live.serial(), now);
          CrlTable.changed(tx, live.issuer());
        });
        audit.add(tx, actor, "device.suspended", device.value(), null);
      }
      return null;
    });
  }

  /**
   * Ends a suspension. Repeating it changes nothing.
   *
   * @throws Refusal NOT_FOUND for an unknown device, CONFLICT for a revoked one
   */
  public void release(DeviceId device, String actor) throws Refusal {
    registry.write(tx -> {
      Device known = findNotRevoked(tx, device);
      if (known.state() == DeviceState.SUSPENDED) {
        Identity identity = identity(known);
        boolean enrolled = CertificateTable.all(tx.handle(), identity.spiffeId()).stream()
            .anyMatch(c -> c.state() != CertificateState.RESERVED);
        DeviceTable.setState(tx, device, enrolled ? DeviceState.ACTIVE : DeviceState.PENDING);
        feed.append(tx, Denial.ofIdentity(identity, "suspended").lift());
        forEachLive(tx, identity, live -> {
          CertificateTable.release(tx, live.serial());
          CrlTable.changed(tx, live.issuer());
        });
        audit.add(tx, actor, "device.released", device.value(), null);
      }
      return null;
    });
  }

  private void forEachLive(Transaction tx, Identity identity, Consumer<CertificateRecord> action) {
    CertificateTable.live(tx.handle(), identity.spiffeId(), clock.instant()).forEach(action);
  }

  private static Device find(Transaction tx, DeviceId device) throws Refusal {
    return DeviceTable.find(tx.handle(), device)
        .orElseThrow(
            () -> new Refusal(Refusal.Kind.NOT_FOUND, "device '" + device + "' is not known"));
  }

  private static Device findNotRevoked(Transaction tx, DeviceId device) throws Refusal {
    Device known = find(tx, device);
    if (known.state() == DeviceState.REVOKED) {
      throw new Refusal(
          Refusal.Kind.CONFLICT, "device '" + device + "' is revoked, which is for good");
    }
    return known;
  }

  private Identity identity(Device device) {
    return new Identity.Device(trustDomain, device.fleet(), device.id());
  }
}
