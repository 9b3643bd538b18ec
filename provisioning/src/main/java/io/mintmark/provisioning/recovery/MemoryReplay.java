package io.mintmark.provisioning.recovery;

import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.RevocationReason;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.CrlTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FeedTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Takes in, within one transaction, what brokers remember. What takes a right away is done; what
 * would give one is only told of: a broker must not be able to let anybody in. Belongs to one
 * transaction.
 */
final class MemoryReplay {

  private static final String SUPERSEDED = "superseded";
  private static final String SUSPENDED = "suspended";

  /** Longer than a broker's clock may be wrong. */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(1);

  private static final int MOST_DIFFERENCES = 100;

  private final Transaction tx;
  private final BiConsumer<Transaction, Denial> feed;
  private final Journal audit;
  private final String issuing;
  private final String actor;
  private final Instant now;
  private final BundleReplay bundles;
  private final Set<String> differences = new TreeSet<>();
  private int devicesRevoked;
  private int devicesSuspended;
  private int certificatesEnded;
  private int certificatesUnknown;

  /**
   * @param feed appends a denial
   * @param issuing the id of the CA that is said to have signed what is not known
   */
  MemoryReplay(
      Transaction tx,
      BiConsumer<Transaction, Denial> feed,
      CaEnd caEnd,
      Journal audit,
      String issuing,
      String actor,
      Instant now) {
    this.tx = tx;
    this.feed = feed;
    this.audit = audit;
    this.issuing = issuing;
    this.actor = actor;
    this.now = now;
    this.bundles = new BundleReplay(tx, caEnd, actor);
  }

  /** Takes in what one broker remembers. */
  void replay(String broker, List<FeedEntry> entries) {
    for (FeedEntry entry : entries) {
      if (entry.denial() == null) {
        compare(broker, entry);
      } else if (!entry.denial().lifted() && !isForgotten(entry.denial())) {
        deny(broker, entry.denial());
      }
    }
  }

  RecoveryReport.Replayed report() {
    List<String> told =
        new ArrayList<>(differences.stream().limit(MOST_DIFFERENCES).toList());
    if (differences.size() > MOST_DIFFERENCES) {
      told.add("and " + (differences.size() - MOST_DIFFERENCES) + " more");
    }
    return new RecoveryReport.Replayed(
        devicesRevoked,
        devicesSuspended,
        certificatesEnded + bundles.certificatesEnded(),
        certificatesUnknown,
        bundles.revoked(),
        told);
  }

  private boolean isForgotten(Denial denial) {
    return denial.until() != null && denial.until().plus(KEPT_AFTER_EXPIRY).isBefore(now);
  }

  private void deny(String broker, Denial denial) {
    try {
      if (denial.scope() == Denial.Scope.SERIAL) {
        denySerial(denial);
      } else {
        denyIdentity(broker, denial);
      }
    } catch (IllegalArgumentException e) {
      // Told on all the same: brokers that follow must not be more lenient than the one that told.
      tellOn(denial);
      difference(broker, "denies '" + Printable.of(denial.subject()) + "', which is not readable");
    }
  }

  private void denySerial(Denial denial) {
    BigInteger serial = new BigInteger(denial.subject(), 16);
    boolean superseded = SUPERSEDED.equals(denial.reason());
    CertificateState state = superseded ? CertificateState.SUPERSEDED : CertificateState.REVOKED;
    String reason =
        (superseded ? RevocationReason.SUPERSEDED : RevocationReason.UNSPECIFIED).word();
    Optional<CertificateRecord> known = CertificateTable.find(tx.handle(), serial);
    if (known.isEmpty()) {
      keepUnknown(serial, denial);
      CertificateTable.end(tx, serial, state, reason, now);
      CrlTable.changed(tx, issuing);
      certificatesUnknown++;
    } else if (known.get().state() != CertificateState.REVOKED && known.get().state() != state) {
      CertificateTable.end(tx, serial, state, reason, now);
      CrlTable.changed(tx, known.get().issuer());
      certificatesEnded++;
    }
    tellOn(denial);
  }

  /** So that the CRL lists it and nobody takes it back. */
  private void keepUnknown(BigInteger serial, Denial denial) {
    Instant end = denial.until() == null ? now : denial.until();
    CertificateTable.reserve(
        tx,
        new CertificateRecord(
            serial,
            "lost",
            "",
            new Validity(end.isBefore(now) ? end : now, end),
            CertificateState.RESERVED,
            new byte[0],
            now,
            issuing));
  }

  private void denyIdentity(String broker, Denial denial) {
    Identity identity = Identity.parse(denial.subject());
    tellOn(denial);
    if (!(identity instanceof Identity.Device of)) {
      return;
    }
    boolean suspended = SUSPENDED.equals(denial.reason());
    Optional<Device> found = DeviceTable.find(tx.handle(), of.device());
    if (found.isEmpty()) {
      if (!FleetTable.exists(tx.handle(), of.fleet())) {
        difference(
            broker,
            "denies device " + of.device() + " of fleet " + of.fleet()
                + ", which is not known here: brokers go on denying it");
        return;
      }
      DeviceTable.insert(tx, Device.pending(of.device(), of.fleet(), null, Map.of()), now);
    }
    DeviceState before = found.map(Device::state).orElse(DeviceState.PENDING);
    if (before == DeviceState.REVOKED || before == DeviceState.RETIRED) {
      return;
    }
    if (suspended && before != DeviceState.SUSPENDED) {
      bar(of, DeviceState.SUSPENDED, broker);
      devicesSuspended++;
    } else if (!suspended) {
      bar(of, DeviceState.REVOKED, broker);
      devicesRevoked++;
    }
  }

  private void bar(Identity.Device device, DeviceState state, String broker) {
    String reason = state == DeviceState.SUSPENDED ? null : RevocationReason.UNSPECIFIED.word();
    DeviceTable.bar(tx, device.device(), state, new Device.Bar(now, reason, null));
    for (CertificateRecord live : CertificateTable.live(tx.handle(), device.spiffeId(), now)) {
      if (state == DeviceState.SUSPENDED) {
        CertificateTable.hold(tx, live.serial(), now);
      } else {
        CertificateTable.end(
            tx, live.serial(), CertificateState.REVOKED, RevocationReason.UNSPECIFIED.word(), now);
        tellOn(Denial.ofSerial(live.serial(), "revoked", live.validity().notAfter()));
        certificatesEnded++;
      }
      CrlTable.changed(tx, live.issuer());
    }
    audit.add(
        tx, actor, "device." + state.word(), device.name(), "recovered from broker " + broker);
  }

  private void tellOn(Denial denial) {
    if (told(denial).filter(denial::equals).isEmpty()) {
      feed.accept(tx, denial);
    }
  }

  private Optional<Denial> told(Denial denial) {
    String subject =
        (denial.scope() == Denial.Scope.SERIAL ? "serial:" : "identity:") + denial.subject();
    return FeedTable.find(tx.handle(), subject).map(FeedEntry::denial);
  }

  private void compare(String broker, FeedEntry entry) {
    if (entry.fleet() != null) {
      String fleet = entry.fleet().fleet();
      differs("fleet:" + fleet, entry, broker, "fleet " + fleet, entry.fleet().removed());
    } else if (entry.application() != null) {
      String name = entry.application().application();
      boolean removed = entry.application().removed();
      differs("application:" + name, entry, broker, "application " + name, removed);
    } else if (entry.bundle() != null) {
      bundles.replay(broker, entry.bundle(), what -> difference(broker, what));
    }
  }

  private void differs(
      String subject, FeedEntry entry, String broker, String what, boolean removed) {
    Optional<FeedEntry> ours = FeedTable.find(tx.handle(), subject);
    if (ours.isEmpty()) {
      if (!removed) {
        difference(broker, "knows " + what + ", which is not known here: apply it again");
      }
    } else if (!withoutSequence(ours.get()).equals(withoutSequence(entry))) {
      difference(
          broker,
          removed
              ? "says that " + what + " was removed: remove it again if that is right"
              : "knows " + what + " otherwise: compare, and apply again what is right");
    }
  }

  private static FeedEntry withoutSequence(FeedEntry entry) {
    return new FeedEntry(0, entry.fleet(), entry.application(), entry.denial(), entry.bundle());
  }

  private void difference(String broker, String what) {
    differences.add("broker " + broker + " " + what);
  }
}
