package io.mintmark.provisioning.ca;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What certificates of one kind look like, checked once when it is made. Immutable.
 *
 * @param kind for whom
 * @param lifetime from the moment of issuing to the end; the issuer's end may come first
 * @param backdate how long before the moment of issuing validity begins, for slow clocks
 * @param purposes the extendedKeyUsage, in order
 */
public record CertificateProfile(
    Kind kind, Duration lifetime, Duration backdate, List<Purpose> purposes) {

  /** For whom a certificate is. */
  public enum Kind {
    /** A device: TLS client; TLS server too where its fleet says so. */
    DEVICE,
    /** An application: TLS client. */
    APPLICATION,
    /** A broker: TLS server for devices, TLS client at the feed. */
    BROKER,
    /** This service: TLS server. It carries no SPIFFE ID, so that it opens nothing. */
    SERVICE,
    /** This service's OCSP responder (RFC 6960, section 4.2.2.2): no TLS, no names. */
    OCSP_RESPONDER;

    /** Whether it carries exactly one SPIFFE ID; otherwise none. */
    boolean hasSpiffeId() {
      return this != SERVICE && this != OCSP_RESPONDER;
    }

    /** Whether it is named by its subject alone. */
    boolean hasNoAlternativeNames() {
      return this == OCSP_RESPONDER;
    }

    /**
     * Whether it says where its status is told. A responder's is not to be asked for (RFC 6960,
     * section 4.2.2.2.1): that would be a circle.
     */
    boolean hasStatus() {
      return this != OCSP_RESPONDER;
    }

    /** Whether it carries at least one host name or address. */
    boolean needsHosts() {
      return this == BROKER || this == SERVICE;
    }

    /** Whether it may carry DNS names. */
    boolean mayHaveDnsNames() {
      return this != APPLICATION && this != OCSP_RESPONDER;
    }

    /** Whether it may carry IP addresses: a device's change, and nobody checks whose they are. */
    boolean mayHaveAddresses() {
      return needsHosts();
    }

    private List<Purpose> defaultPurposes() {
      return switch (this) {
        case DEVICE, APPLICATION -> List.of(Purpose.CLIENT_AUTH);
        case BROKER -> List.of(Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH);
        case SERVICE -> List.of(Purpose.SERVER_AUTH);
        case OCSP_RESPONDER -> List.of(Purpose.OCSP_SIGNING);
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
   * @throws IllegalArgumentException if the lifetime is below 10 s, backdate is negative or above a
   *     day, or the purposes repeat one or leave out what the kind cannot do without
   */
  public CertificateProfile {
    purposes = List.copyOf(purposes);
    if (lifetime.compareTo(SHORTEST_LIFETIME) < 0) {
      throw new IllegalArgumentException(
          "a certificate lifetime of " + lifetime.toSeconds() + "s is too short: use 10s or more");
    }
    if (backdate.isNegative() || backdate.compareTo(LONGEST_BACKDATE) > 0) {
      throw new IllegalArgumentException(
          "backdating certificates by " + backdate.toSeconds() + "s is not valid: use 0s to 1d");
    }
    if (Set.copyOf(purposes).size() != purposes.size()) {
      throw new IllegalArgumentException("extended key usages repeat: name each once");
    }
    if (kind == Kind.DEVICE && !purposes.contains(Purpose.CLIENT_AUTH)) {
      throw new IllegalArgumentException("extended key usages without client-auth: a device could"
          + " neither connect nor renew; add client-auth");
    }
    if (kind == Kind.DEVICE && !Purpose.ofDevices().containsAll(purposes)) {
      throw new IllegalArgumentException(
          "a device's certificate is for " + Purpose.ofDevices() + ", not for " + purposes);
    }
    if (kind != Kind.DEVICE && !purposes.equals(kind.defaultPurposes())) {
      throw new IllegalArgumentException(
          "certificates of kind " + kind + " have the purposes " + kind.defaultPurposes());
    }
  }

  /** With the purposes its kind always has. */
  public CertificateProfile(Kind kind, Duration lifetime, Duration backdate) {
    this(kind, lifetime, backdate, kind.defaultPurposes());
  }

  /** Whether a certificate of this kind has exactly these names, and is for what the profile says. */
  public boolean fits(X509Certificate certificate, CertifiedNames names) {
    return names.areThoseOf(certificate) && Purpose.areThoseOf(certificate, purposes);
  }
}
