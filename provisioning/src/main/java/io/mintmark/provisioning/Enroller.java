package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.sql.DeviceTable;
import io.mintmark.provisioning.sql.FleetTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.Transaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Gives a device its first operational certificate, or another one when it has lost it. Thread-safe.
 */
public final class Enroller {

  private final Registry registry;
  private final TrustDomain trustDomain;
  private final Issuance issuance;
  private final LiveCertificates liveCertificates;
  private final AuditLog audit;
  private final Clock clock;

  Enroller(
      Registry registry,
      TrustDomain trustDomain,
      Issuance issuance,
      LiveCertificates liveCertificates,
      AuditLog audit,
      Clock clock) {
    this.registry = registry;
    this.trustDomain = trustDomain;
    this.issuance = issuance;
    this.liveCertificates = liveCertificates;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * RFC 7030, section 4.2.1. Idempotent on the device and its key.
   *
   * @param fleet the label of the request
   * @param peerChain what the client proved possession of in TLS, leaf first; empty if it showed
   *     none
   * @throws Refusal NOT_FOUND for an unknown fleet, FORBIDDEN naming the rule, INVALID if the
   *     request contradicts the identity
   */
  public X509Certificate enroll(
      FleetId fleet, List<X509Certificate> peerChain, SigningRequest request) throws Refusal {
    Fleet of = registry
        .read(h -> FleetTable.find(h, fleet))
        .orElseThrow(() -> new Refusal(
            Refusal.Kind.NOT_FOUND, "fleet '" + fleet + "' is not known: check the EST label"));
    BootstrapCertificate bootstrap = BootstrapCertificate.of(peerChain, of, clock.instant());
    Identity.Device identity = new Identity.Device(trustDomain, fleet, bootstrap.device());
    // Known and permitted first: who is neither learns nothing about its request.
    registry.read(h -> permitted(DeviceTable.find(h, identity.device()), identity, bootstrap));
    CertifiedNames names = of.profile().names(identity);
    RequestedNames.check(request, names);
    of.profile().requireKeyType(request.publicKey());
    refuseBootstrapKey(request, bootstrap);
    return issuance.issue(
        new Issuance.Order(
            identity.spiffeId(), names, of.profile().certificateProfile(), request.publicKey()),
        tx -> permitted(DeviceTable.find(tx.handle(), identity.device()), identity, bootstrap),
        (tx, issued) -> enrolled(tx, identity, bootstrap, issued));
  }

  private static Device permitted(
      Optional<Device> found, Identity.Device identity, BootstrapCertificate bootstrap)
      throws Refusal {
    Device device = found
        .filter(d -> d.fleet().equals(identity.fleet()))
        .orElseThrow(() -> forbidden("device '"
            + identity.device()
            + "' is not in the manifest of fleet '"
            + identity.fleet()
            + "'"));
    if (device.pin() != null && !device.pin().matches(bootstrap.certificate())) {
      throw forbidden("the bootstrap certificate of device '"
          + device.id()
          + "' does not match the pin in its manifest");
    }
    DeviceStates.requireNotBarred(device);
    return device;
  }

  /** A key made in a factory, perhaps by the factory, is not a key only the device knows. */
  private static void refuseBootstrapKey(SigningRequest request, BootstrapCertificate bootstrap)
      throws Refusal {
    byte[] bootstrapKey = bootstrap.certificate().getPublicKey().getEncoded();
    if (Arrays.equals(request.publicKey().getEncoded(), bootstrapKey)) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request repeats the key of the bootstrap certificate: make a new key");
    }
  }

  private void enrolled(
      Transaction tx,
      Identity.Device identity,
      BootstrapCertificate bootstrap,
      X509Certificate issued) {
    Device device = DeviceTable.find(tx.handle(), identity.device()).orElseThrow();
    boolean first = device.state() == DeviceState.PENDING;
    if (first) {
      DeviceTable.setState(tx, device.id(), DeviceState.ACTIVE);
    }
    audit.add(
        tx,
        bootstrap.actor(),
        first ? "device.enrolled" : "device.enrolled-again",
        device.id().value(),
        "fleet " + device.fleet() + ", serial " + issued.getSerialNumber().toString(16));
    liveCertificates.keepLatestTwo(tx, identity);
  }

  private static Refusal forbidden(String message) {
    return new Refusal(Refusal.Kind.FORBIDDEN, message);
  }
}
