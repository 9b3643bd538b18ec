package io.mintmark.provisioning.recovery;

import io.mintmark.identity.DeviceId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Validity;
import io.mintmark.provisioning.CertificateRecord;
import io.mintmark.provisioning.CertificateState;
import io.mintmark.provisioning.Device;
import io.mintmark.provisioning.DeviceState;
import io.mintmark.provisioning.sql.ApplicationTable;
import io.mintmark.provisioning.sql.BrokerTable;
import io.mintmark.provisioning.sql.CertificateTable;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * Takes certificates back into a registry that has lost them: those of our CAs that were issued
 * while what a restored registry does not know of happened, and are shown by who holds their keys.
 * What brokers knew to be revoked is in the registry since it was recovered, so it is not taken
 * back. Nearly always there is nothing to do, which costs nothing. Thread-safe.
 */
public final class LostCertificates {

  private final Registry registry;
  private final RecoveryGate gate;
  private final Journal audit;
  private final Clock clock;

  /** Those of an installation. */
  public LostCertificates(Registry registry, RecoveryGate gate, Journal audit, Clock clock) {
    this.registry = registry;
    this.gate = gate;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Takes a certificate back if it was lost. Not one of a device or an application that is not known
   * or barred, and none of them before the registry is recovered; a broker's at once, for brokers
   * are who it is recovered from.
   *
   * @param certificate validly signed by an issuing CA of ours, and shown by who holds its key
   * @param issuer finds the id of that CA
   */
  public void takeBack(X509Certificate certificate, Identity identity, Supplier<String> issuer) {
    if (!gate.mayHaveLost(Validity.of(certificate).notBefore())
        || registry.read(h -> isKnown(h, certificate) || !isPermitted(h, identity))) {
      return;
    }
    registry.write(tx -> {
      // Another request may have been quicker.
      if (!isKnown(tx.handle(), certificate) && isPermitted(tx.handle(), identity)) {
        takeBack(tx, certificate, identity, issuer.get());
      }
      return null;
    });
  }

  private static boolean isKnown(Handle handle, X509Certificate certificate) {
    return CertificateTable.find(handle, certificate.getSerialNumber()).isPresent();
  }

  private boolean isPermitted(Handle handle, Identity identity) {
    if (identity instanceof Identity.Broker) {
      return true;
    }
    if (gate.isClosed()) {
      return false;
    }
    if (identity instanceof Identity.Device of) {
      Optional<Device> device = DeviceTable.find(handle, of.device());
      return device
          .filter(d -> d.fleet().equals(of.fleet()))
          .filter(d -> d.state() == DeviceState.PENDING || d.state() == DeviceState.ACTIVE)
          .isPresent();
    }
    return ApplicationTable.find(handle, identity.name()).isPresent();
  }

  private void takeBack(
      Transaction tx, X509Certificate certificate, Identity identity, String issuer) {
    CertificateTable.recovered(
        tx,
        new CertificateRecord(
            certificate.getSerialNumber(),
            identity.spiffeId(),
            Pem.fingerprint(certificate.getPublicKey().getEncoded()),
            Validity.of(certificate),
            CertificateState.ISSUED,
            der(certificate),
            clock.instant(),
            issuer));
    if (identity instanceof Identity.Device device) {
      DeviceTable.activate(tx, new DeviceId(device.name()));
    } else if (identity instanceof Identity.Broker) {
      BrokerTable.put(tx, identity.name(), clock.instant());
    }
    audit.add(
        tx,
        identity.spiffeId(),
        "certificate.taken-back",
        identity.name(),
        "serial " + certificate.getSerialNumber().toString(16)
            + ", issued after what was restored");
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was decoded cannot be encoded", e);
    }
  }
}
