package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import io.mintmark.provisioning.yaml.YamlReader;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The YAML of a fleet, read into a {@link Fleet}. Only {@code fleet} and, unless devices enrol by
 * claim, {@code factory-cas} must be there:
 *
 * <pre>{@code
 * fleet: sensors
 * factory-cas: ["-----BEGIN CERTIFICATE-----..."]
 * enrolment: {mode: manifest}
 * certificate: {lifetime: 7d, backdate: 5m}
 * mqtt:
 *   client-id: ${device}
 *   publish: ["telemetry/${fleet}/${device}/#"]
 *   subscribe: ["commands/${fleet}/${device}/#"]
 * }</pre>
 */
final class FleetYaml {

  static final String FACTORY_CAS = "factory-cas";
  static final String FACTORY_CRL = "factory-crl";
  private static final List<String> TOP = List.of(
      "fleet", FACTORY_CAS, FACTORY_CRL, EnrolmentYaml.SECTION, "certificate", MqttYaml.SECTION);

  /** RFC 7030, section 3.2.2: a label must not be named as an operation is. */
  private static final List<String> OPERATIONS =
      List.of("cacerts", "csrattrs", "fullcmc", "serverkeygen", "simpleenroll", "simplereenroll");

  private final TrustDomain trustDomain;
  private final Instant now;

  FleetYaml(TrustDomain trustDomain, Instant now) {
    this.trustDomain = trustDomain;
    this.now = now;
  }

  /** The document's top, its keys checked. */
  static Section top(String yaml) throws YamlException {
    return Section.of("the fleet", YamlReader.read(yaml), TOP);
  }

  /** The values that may be the names of certificate files in the file an operator keeps. */
  static List<Scalar> certificateFiles(Section top) throws YamlException {
    List<Scalar> files = new ArrayList<>(top.scalars(FACTORY_CAS));
    EnrolmentYaml.webhookTrust(top).ifPresent(files::add);
    return files;
  }

  Fleet read(String yaml) throws YamlException {
    Section top = top(yaml);
    FleetId id = valueOf(required(top, "fleet"), FleetYaml::id);
    EnrolmentPolicy enrolment = EnrolmentYaml.read(top);
    FactoryYaml factory = new FactoryYaml(top, enrolment.mode(), now);
    DeviceProfile profile = ProfileYaml.read(top);
    MqttYaml mqtt = new MqttYaml(top, trustDomain, id);
    return new Fleet(
        id, factory.cas(), factory.crls(), enrolment, profile, mqtt.clientId(), mqtt.topics());
  }

  private static FleetId id(String text) {
    if (OPERATIONS.contains(text)) {
      throw new IllegalArgumentException(
          "fleet '" + text + "' has the name of an EST operation: choose another");
    }
    return new FleetId(text);
  }

  static Scalar required(Section section, String key) throws YamlException {
    Optional<Scalar> value = section.scalar(key);
    if (value.isEmpty()) {
      throw YamlException.at(section.line(), "'" + key + "' is missing");
    }
    return value.get();
  }

  /** The certificates of one value; {@code what} it is, for messages. */
  static List<X509Certificate> certificates(String what, Scalar item) throws YamlException {
    if (!item.text().contains("-----BEGIN ")) {
      throw YamlException.at(
          item.line(),
          what
              + " '"
              + Printable.of(item.text())
              + "' is not PEM: send the certificate's text itself ('mintmark fleet apply' puts"
              + " files in)");
    }
    return valueOf(item, Pem::certificates);
  }

  /** Turns a complaint about a value into one that names its line. */
  static <T> T valueOf(Scalar scalar, Function<String, T> reading) throws YamlException {
    try {
      return reading.apply(scalar.text());
    } catch (IllegalArgumentException e) {
      throw YamlException.at(scalar.line(), e.getMessage());
    }
  }
}
