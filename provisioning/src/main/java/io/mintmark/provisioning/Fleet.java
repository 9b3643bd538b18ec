package io.mintmark.provisioning;

import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.ca.CertificateProfile;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * The unit of configuration: which factory CAs are trusted to name its devices, what certificates
 * they get and what they may do at the broker. Immutable.
 *
 * @param id its id, which is its EST label
 * @param factoryCas the CAs whose bootstrap certificates open enrolment; at least one unless
 *     devices enrol by claim
 * @param enrolment how its devices enrol
 * @param lifetime of operational certificates, counted from their issuing
 * @param backdate how long before its issuing a certificate begins to be valid
 * @param clientId which MQTT client ids its devices may use
 * @param topics what its devices may publish and subscribe to, unresolved
 */
public record Fleet(
    FleetId id,
    List<X509Certificate> factoryCas,
    EnrolmentPolicy enrolment,
    Duration lifetime,
    Duration backdate,
    ClientIdPattern clientId,
    TopicGrants topics) {

  /** Copies the CAs. */
  public Fleet {
    factoryCas = List.copyOf(factoryCas);
  }

  /** What brokers need to know of it. */
  public FleetPolicy policy() {
    return new FleetPolicy(id.value(), clientId.template(), topics, false);
  }

  /** What its devices' certificates look like. */
  public CertificateProfile certificateProfile() {
    return new CertificateProfile(CertificateProfile.Kind.DEVICE, lifetime, backdate);
  }
}
