package io.mintmark.provisioning;

import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.CertificateAuthority;

/**
 * The wired service without its HTTP doors: the CA, the registry and what they can do. One per data
 * folder at a time. Thread-safe.
 */
public final class Provisioning implements AutoCloseable {

  /**
   * Opens the data folder; makes and fills it first when it is empty.
   *
   * @throws StartException with one clear line if it cannot
   */
  public static Provisioning open(ProvisioningConfig config) throws StartException {
    return null;
  }

  /** The installation's name. */
  public TrustDomain trustDomain() {
    return null;
  }

  /** Simple enrolment. */
  public Enroller enroller() {
    return null;
  }

  /** Simple re-enrolment. */
  public Renewer renewer() {
    return null;
  }

  /** Revoking, suspending, releasing. */
  public Revoker revoker() {
    return null;
  }

  /** Creating and changing fleets. */
  public FleetApplier fleets() {
    return null;
  }

  /** Importing manifests. */
  public ManifestImporter manifests() {
    return null;
  }

  /** Applications. */
  public Applications applications() {
    return null;
  }

  /** Brokers. */
  public Brokers brokers() {
    return null;
  }

  /** Operators. */
  public Operators operators() {
    return null;
  }

  /** The brokers' feed. */
  public Feed feed() {
    return null;
  }

  /** What operators see of devices. */
  public DeviceViews devices() {
    return null;
  }

  /** What operators see of fleets. */
  public FleetViews fleetViews() {
    return null;
  }

  /** The audit log. */
  public AuditLog audit() {
    return null;
  }

  /** The CA's certificates. */
  public CertificateAuthority authority() {
    return null;
  }

  /** The service's own TLS credential. */
  public ServiceCredential tls() {
    return null;
  }

  /** Closes the registry and gives the data folder free. Repeating it changes nothing. */
  @Override
  public void close() {}
}
