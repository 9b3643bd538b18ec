package io.mintmark.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/**
 * Who an operational certificate stands for, as an SPIFFE ID (SPIFFE ID specification, section 2;
 * X509-SVID, section 2: exactly one URI SAN). Immutable.
 *
 * <ul>
 *   <li>{@code spiffe://<trust-domain>/fleet/<fleet>/device/<device>}
 *   <li>{@code spiffe://<trust-domain>/app/<name>}
 *   <li>{@code spiffe://<trust-domain>/broker/<name>}
 * </ul>
 */
public sealed interface Identity {

  /** The installation this identity belongs to. */
  TrustDomain trustDomain();

  /** The last name of the SPIFFE ID; the certificate's subject CN repeats it. */
  String name();

  /** The identity as an SPIFFE ID; {@link #parse} reads it back. */
  String spiffeId();

  /**
   * A device of a fleet.
   *
   * @param trustDomain the installation
   * @param fleet the fleet
   * @param device the device
   */
  record Device(TrustDomain trustDomain, FleetId fleet, DeviceId device) implements Identity {
    @Override
    public String name() {
      return device.value();
    }

    @Override
    public String spiffeId() {
      return "spiffe://" + trustDomain + "/fleet/" + fleet + "/device/" + device;
    }

    @Override
    public String toString() {
      return spiffeId();
    }
  }

  /**
   * A backend that reads telemetry or sends commands. Its name follows the grammar of {@link
   * DeviceId}.
   *
   * @param trustDomain the installation
   * @param name the application's name
   */
  record Application(TrustDomain trustDomain, String name) implements Identity {
    /**
     * @throws IllegalArgumentException if the name is outside the grammar
     */
    public Application {
      requireName("application", name);
    }

    @Override
    public String spiffeId() {
      return "spiffe://" + trustDomain + "/app/" + name;
    }

    @Override
    public String toString() {
      return spiffeId();
    }
  }

  /**
   * A broker. Its name follows the grammar of {@link DeviceId}.
   *
   * @param trustDomain the installation
   * @param name the broker's name
   */
  record Broker(TrustDomain trustDomain, String name) implements Identity {
    /**
     * @throws IllegalArgumentException if the name is outside the grammar
     */
    public Broker {
      requireName("broker", name);
    }

    @Override
    public String spiffeId() {
      return "spiffe://" + trustDomain + "/broker/" + name;
    }

    @Override
    public String toString() {
      return spiffeId();
    }
  }

  /**
   * Reads an SPIFFE ID of one of the three forms. Nothing is normalised: no escapes, no empty
   * segments, no query.
   *
   * @throws IllegalArgumentException if the text is none of the forms
   */
  static Identity parse(String spiffeId) {
    String[] parts = spiffeId.split("/", -1);
    if (SpiffeId.isOurs(parts)) {
      TrustDomain domain = new TrustDomain(parts[2]);
      return switch (parts[3]) {
        case "fleet" -> new Device(domain, new FleetId(parts[4]), new DeviceId(parts[6]));
        case "app" -> new Application(domain, parts[4]);
        default -> new Broker(domain, parts[4]);
      };
    }
    throw new IllegalArgumentException("'"
        + Printable.of(spiffeId)
        + "' is not a Mintmark identity: expected"
        + " spiffe://<trust-domain>/fleet/<fleet>/device/<device>, .../app/<name> or"
        + " .../broker/<name>");
  }

  /**
   * The identity a certificate carries: its one URI SAN. The certificate's chain is not looked at;
   * who calls this has validated it.
   *
   * @throws IllegalArgumentException if there is no URI SAN, more than one, or it is not ours
   */
  static Identity of(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException("the certificate's subjectAltName is not readable", e);
    }
    String uri = null;
    int uris = 0;
    for (List<?> each : names == null ? List.<List<?>>of() : names) {
      if (SpiffeId.URI_SAN.equals(each.get(0))) {
        uri = (String) each.get(1);
        uris++;
      }
    }
    if (uris != 1) {
      throw new IllegalArgumentException("a certificate with "
          + uris
          + " URI names carries no identity: an X.509-SVID has exactly one");
    }
    return parse(uri);
  }

  private static void requireName(String what, String name) {
    if (!DeviceId.isValid(name)) {
      throw new IllegalArgumentException(what
          + " name '"
          + Printable.of(name)
          + "' is not valid: use 1 to 64 of A-Z a-z 0-9 . _ - (and not . or ..)");
    }
  }
}

/** The textual form, kept out of the public interface. */
final class SpiffeId {
  /** GeneralName tag of uniformResourceIdentifier, RFC 5280, section 4.2.1.6. */
  static final Integer URI_SAN = 6;

  /** Whether the parts between the slashes are those of one of the three forms. */
  static boolean isOurs(String[] parts) {
    if (parts.length < 5 || !parts[0].equals("spiffe:") || !parts[1].isEmpty()) {
      return false;
    }
    for (int i = 2; i < parts.length; i++) {
      if (parts[i].isEmpty()) {
        return false;
      }
    }
    return switch (parts[3]) {
      case "fleet" -> parts.length == 7 && parts[5].equals("device");
      case "app", "broker" -> parts.length == 5;
      default -> false;
    };
  }

  private SpiffeId() {}
}
