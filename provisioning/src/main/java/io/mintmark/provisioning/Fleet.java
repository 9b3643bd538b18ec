package io.mintmark.provisioning;

import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.presence.ClonePolicy;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The unit of configuration: which factory CAs are trusted to name its devices, what certificates
 * they get and what they may do at the broker. Immutable.
 *
 * @param id its id, which is its EST label
 * @param factoryCas the CAs whose bootstrap certificates open enrolment; at least one unless
 *     devices enrol by claim
 * @param factoryCrls what those CAs have revoked; a CA need not have one
 * @param enrolment how its devices enrol
 * @param profile what its devices' certificates look like
 * @param clientId which MQTT client ids its devices may use
 * @param topics what its devices may publish and subscribe to, unresolved
 * @param clones what follows when one of them shows signs of a clone
 */
public record Fleet(
    FleetId id,
    List<X509Certificate> factoryCas,
    List<X509CRL> factoryCrls,
    EnrolmentPolicy enrolment,
    DeviceProfile profile,
    ClientIdPattern clientId,
    TopicGrants topics,
    ClonePolicy clones) {

  /** Copies the lists. */
  public Fleet {
    factoryCas = List.copyOf(factoryCas);
    factoryCrls = List.copyOf(factoryCrls);
  }

  /** What brokers need to know of it. */
  public FleetPolicy policy() {
    return new FleetPolicy(id.value(), clientId.template(), topics, false);
  }
}
