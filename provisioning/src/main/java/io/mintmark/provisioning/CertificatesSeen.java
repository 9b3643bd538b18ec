package io.mintmark.provisioning;

import io.mintmark.identity.Identity;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.math.BigInteger;
import java.util.List;

/**
 * What follows from a certificate having been used: it has arrived, so those the device held before
 * it are superseded. Whoever sees somebody authenticate says so here. Of an application or a broker
 * it is the one the certificate was renewed from: several processes may share one name, each with a
 * certificate of its own. Thread-safe.
 */
public final class CertificatesSeen {

  private final Registry registry;
  private final LiveCertificates liveCertificates;

  CertificatesSeen(Registry registry, LiveCertificates liveCertificates) {
    this.registry = registry;
    this.liveCertificates = liveCertificates;
  }

  /**
   * A certificate was used by who holds its key. Repeating it changes nothing, nor does a serial that
   * is unknown, superseded or revoked.
   *
   * @param serial of a certificate whose possession was proven, in TLS for example
   */
  public void seen(BigInteger serial) {
    // Nearly always there is nothing to do, and the one writer is left alone.
    if (registry.read(h -> CertificateTable.find(h, serial)
        .filter(c -> !liveCertificates.before(h, c).isEmpty())
        .isEmpty())) {
      return;
    }
    registry.write(tx -> {
      seen(tx, serial);
      return null;
    });
  }

  /** As {@link #seen(BigInteger)}, together with what else the transaction changes. */
  public void seen(Transaction tx, BigInteger serial) {
    CertificateTable.find(tx.handle(), serial).ifPresent(used -> {
      List<CertificateRecord> before = liveCertificates.before(tx.handle(), used);
      if (!before.isEmpty()) {
        Identity identity = Identity.parse(used.identity());
        before.forEach(old -> liveCertificates.succeed(tx, identity, old, used));
      }
    });
  }
}
