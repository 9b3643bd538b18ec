package io.mintmark.provisioning.revocation;

import io.mintmark.identity.Denial;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.AuditLog;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.Feed;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CloneTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * What happens to a device whose right to connect is taken away or given back, in the transaction of
 * whoever decided it: state, certificates, feed, audit, CRLs due. Asks no questions. Thread-safe.
 */
public final class DeviceChanges {

  /** The word of a denial that is meant to be lifted again; brokers know it. */
  private static final String SUSPENDED = "suspended";

  /**
   * Who wants it.
   *
   * @param actor an operator's name
   * @param run the bulk run it is part of; null if it is about one device
   * @param why one word for why a device is suspended; null if nobody said
   */
  public record Cause(String actor, Long run, String why) {

    /** Nobody said why. */
    public Cause(String actor, Long run) {
      this(actor, run, null);
    }

    String remark() {
      return (why == null ? "" : ", reason " + why) + (run == null ? "" : ", run " + run);
    }
  }

  private final TrustDomain trustDomain;
  private final Feed feed;
  private final CertificateEnd certificateEnd;
  private final AuditLog audit;
  private final Clock clock;

  /** For the devices of this trust domain and the brokers of this feed. */
  public DeviceChanges(TrustDomain trustDomain, Feed feed, AuditLog audit, Clock clock) {
    this.trustDomain = trustDomain;
    this.feed = feed;
    this.certificateEnd = new CertificateEnd(feed);
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Revokes or retires a device with its live certificates, for good.
   *
   * @param state REVOKED or RETIRED
   * @return how many certificates that were
   */
  public int end(
      Transaction tx, Device device, DeviceState state, RevocationReason reason, Cause cause) {
    Instant now = clock.instant();
    Identity identity = identity(device);
    List<CertificateRecord> live = CertificateTable.live(tx.handle(), identity.spiffeId(), now);
    DeviceTable.bar(tx, device.id(), state, new Device.Bar(now, reason.word(), cause.run()));
    CloneTable.settle(tx, identity.spiffeId(), now);
    feed.append(tx, Denial.ofIdentity(identity, state.word()));
    certificateEnd.revoke(tx, live, reason, now);
    audit.add(
        tx,
        cause.actor(),
        "device." + state.word(),
        device.id().value(),
        "reason " + reason.word() + ", live certificates " + live.size() + cause.remark());
    return live.size();
  }

  /**
   * Suspends a device: its certificates are on hold.
   *
   * @return how many certificates those are
   */
  public int suspend(Transaction tx, Device device, Cause cause) {
    Instant now = clock.instant();
    Identity identity = identity(device);
    List<CertificateRecord> live = CertificateTable.live(tx.handle(), identity.spiffeId(), now);
    DeviceTable.bar(
        tx, device.id(), DeviceState.SUSPENDED, new Device.Bar(now, cause.why(), cause.run()));
    feed.append(tx, Denial.ofIdentity(identity, SUSPENDED));
    live.forEach(certificate -> CertificateTable.hold(tx, certificate.serial(), now));
    CertificateEnd.crlsDue(tx, live);
    audit.add(tx, cause.actor(), "device.suspended", device.id().value(), detail(live, cause));
    return live.size();
  }

  /**
   * Ends a suspension: the certificates are good again.
   *
   * @return how many certificates those are
   */
  public int release(Transaction tx, Device device, Cause cause) {
    Identity identity = identity(device);
    List<CertificateRecord> all = CertificateTable.all(tx.handle(), identity.spiffeId());
    boolean enrolled = all.stream().anyMatch(c -> c.state() != CertificateState.RESERVED);
    DeviceTable.free(tx, device.id(), enrolled ? DeviceState.ACTIVE : DeviceState.PENDING);
    feed.append(tx, Denial.ofIdentity(identity, SUSPENDED).lift());
    // Also one that expired meanwhile: it was not bad when it did.
    all.forEach(certificate -> CertificateTable.release(tx, certificate.serial()));
    Instant now = clock.instant();
    CloneTable.settle(tx, identity.spiffeId(), now);
    List<CertificateRecord> live = CertificateTable.live(tx.handle(), identity.spiffeId(), now);
    CertificateEnd.crlsDue(tx, live);
    audit.add(tx, cause.actor(), "device.released", device.id().value(), detail(live, cause));
    return live.size();
  }

  private static String detail(List<CertificateRecord> live, Cause cause) {
    return "live certificates " + live.size() + cause.remark();
  }

  private Identity identity(Device device) {
    return new Identity.Device(trustDomain, device.fleet(), device.id());
  }
}
