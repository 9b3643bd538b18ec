package io.mintmark.provisioning.ca;

import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * What certificates of one kind look like, checked once when it is made. Immutable.
 *
 * @param kind for whom
 * @param lifetime from the moment of issuing to the end; the issuer's end may come first
 * @param backdate how long before the moment of issuing validity begins, for slow clocks
 */
public record CertificateProfile(Kind kind, Duration lifetime, Duration backdate) {

  /** For whom a certificate is. */
  public enum Kind {
    /** A device: TLS client. */
    DEVICE,
    /** An application: TLS client. */
    APPLICATION,
    /** A broker: TLS server for devices, TLS client at the feed. */
    BROKER,
    /** This service: TLS server. It carries no SPIFFE ID, so that it opens nothing. */
    SERVICE;

    /** Whether it carries exactly one SPIFFE ID; otherwise none. */
    boolean hasSpiffeId() {
      return this != SERVICE;
    }

    /** Whether it carries at least one host name or address; otherwise none. */
    boolean hasHosts() {
      return this == BROKER || this == SERVICE;
    }

    List<KeyPurposeId> purposes() {
      return switch (this) {
        case DEVICE, APPLICATION -> List.of(KeyPurposeId.id_kp_clientAuth);
        case BROKER -> List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
        case SERVICE -> List.of(KeyPurposeId.id_kp_serverAuth);
      };
    }
  }

  /** No certificate lives shorter. */
  public static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);

  /** Backdating further would only hide a broken clock. */
  public static final Duration LONGEST_BACKDATE = Duration.ofDays(1);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the lifetime is below 10 s, or backdate is negative or above
   *     a day
   */
  public CertificateProfile {
    if (lifetime.compareTo(SHORTEST_LIFETIME) < 0) {
      throw new IllegalArgumentException(
          "a certificate lifetime of " + lifetime.toSeconds() + "s is too short: use 10s or more");
    }
    if (backdate.isNegative() || backdate.compareTo(LONGEST_BACKDATE) > 0) {
      throw new IllegalArgumentException(
          "backdating certificates by " + backdate.toSeconds() + "s is not valid: use 0s to 1d");
    }
  }
}
