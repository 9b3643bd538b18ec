package io.mintmark.provisioning;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Identity;
import io.mintmark.provisioning.ca.CertificateProfile;
import io.mintmark.provisioning.ca.CertifiedNames;
import io.mintmark.provisioning.ca.Purpose;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The certificate profile of a fleet: everything in its devices' certificates that is not the
 * device's own. Immutable.
 *
 * @param lifetime of operational certificates, counted from their issuing
 * @param backdate how long before its issuing a certificate begins to be valid
 * @param keyTypes the keys that are certified, in the order of the enum
 * @param purposes the extendedKeyUsage, in order
 * @param dnsNames further subjectAltNames
 * @param renewal when certificates should be renewed
 * @param expiredGrace how long after its end a certificate still opens its own renewal, and nothing
 *     else
 */
public record DeviceProfile(
    Duration lifetime,
    Duration backdate,
    List<KeyType> keyTypes,
    List<Purpose> purposes,
    List<DnsNameTemplate> dnsNames,
    RenewalShare renewal,
    Duration expiredGrace) {

  /** A device that is away for longer is for somebody to look at. */
  private static final Duration LONGEST_GRACE = Duration.ofDays(365);

  /**
   * Checks the values against each other.
   *
   * @throws IllegalArgumentException as {@link CertificateProfile}, or if no key type is left
   *     or the grace is longer than a year
   */
  public DeviceProfile {
    if (keyTypes.isEmpty()) {
      throw new IllegalArgumentException(
          "no key type is left to certify: name at least one of " + KeyType.words());
    }
    if (expiredGrace.isNegative() || expiredGrace.compareTo(LONGEST_GRACE) > 0) {
      throw new IllegalArgumentException("a grace of "
          + DurationText.of(expiredGrace)
          + " for expired certificates is not valid: use 0s to "
          + DurationText.of(LONGEST_GRACE));
    }
    keyTypes = List.copyOf(EnumSet.copyOf(keyTypes));
    purposes = List.copyOf(purposes);
    dnsNames = List.copyOf(dnsNames);
    profile(lifetime, backdate, purposes);
  }

  /** What the CA needs of it. */
  public CertificateProfile certificateProfile() {
    return profile(lifetime, backdate, purposes);
  }

  private static CertificateProfile profile(
      Duration lifetime, Duration backdate, List<Purpose> purposes) {
    return new CertificateProfile(CertificateProfile.Kind.DEVICE, lifetime, backdate, purposes);
  }

  /**
   * The names a device's certificate carries.
   *
   * @throws Refusal FORBIDDEN if its id makes no DNS name in a template
   */
  CertifiedNames names(Identity.Device device) throws Refusal {
    List<String> hosts = new ArrayList<>();
    for (DnsNameTemplate template : dnsNames) {
      hosts.add(template.resolve(device));
    }
    return CertifiedNames.of(device, Set.copyOf(hosts));
  }

  /**
   * Holds a key to the types.
   *
   * @throws Refusal INVALID naming those allowed
   */
  void requireKeyType(PublicKey key) throws Refusal {
    if (KeyType.of(key).filter(keyTypes::contains).isEmpty()) {
      throw new Refusal(
          Refusal.Kind.INVALID,
          "the request's key, "
              + KeyType.describe(key)
              + ", is of a type this fleet does not certify: use one of "
              + keyTypes.stream().map(KeyType::word).toList());
    }
  }
}
