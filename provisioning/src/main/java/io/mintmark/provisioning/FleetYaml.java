package io.mintmark.provisioning;

import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import io.mintmark.provisioning.yaml.YamlReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The YAML of a fleet, read into a {@link Fleet}: docs/fleets.md has its keys. */
final class FleetYaml {

  static final String FACTORY_CAS = "factory-cas";
  static final String FACTORY_CRL = "factory-crl";
  private static final List<String> TOP =
      List.of("fleet", FACTORY_CAS, FACTORY_CRL, "enrolment", "certificate", "mqtt");

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

  Fleet read(String yaml) throws YamlException {
    Section top = top(yaml);
    FleetId id = valueOf(required(top, "fleet"), FleetId::new);
    FactoryYaml factory = new FactoryYaml(top, now);
    enrolment(top);
    DeviceProfile profile = ProfileYaml.read(top);
    Optional<Section> mqtt = top.section("mqtt", List.of("client-id", "publish", "subscribe"));
    ClientIdPattern clientId = ClientIdPattern.EXACT;
    TopicGrants topics = TopicGrants.NONE;
    if (mqtt.isPresent()) {
      Optional<Scalar> pattern = mqtt.get().scalar("client-id");
      clientId = pattern.isEmpty() ? clientId : valueOf(pattern.get(), ClientIdPattern::new);
      topics = new TopicGrants(
          filters(id, mqtt.get().scalars("publish")), filters(id, mqtt.get().scalars("subscribe")));
    }
    return new Fleet(id, factory.cas(), factory.crls(), profile, clientId, topics);
  }

  private static Scalar required(Section section, String key) throws YamlException {
    Optional<Scalar> value = section.scalar(key);
    if (value.isEmpty()) {
      throw YamlException.at(section.line(), "'" + key + "' is missing");
    }
    return value.get();
  }

  private static void enrolment(Section top) throws YamlException {
    Optional<Section> enrolment = top.section("enrolment", List.of("mode"));
    Optional<Scalar> mode =
        enrolment.isEmpty() ? Optional.empty() : enrolment.get().scalar("mode");
    if (mode.isPresent() && !mode.get().text().equals("manifest")) {
      throw YamlException.at(
          mode.get().line(),
          "enrolment mode '" + Printable.of(mode.get().text()) + "' is not known: use manifest");
    }
  }

  /** Each filter is resolved for a device that could exist, so that no variable is unknown later. */
  private List<String> filters(FleetId fleet, List<Scalar> items) throws YamlException {
    Identity anyDevice = new Identity.Device(trustDomain, fleet, new DeviceId("any"));
    List<String> filters = new ArrayList<>();
    for (Scalar item : items) {
      filters.add(valueOf(item, text -> {
        new TopicGrants(List.of(text), List.of()).resolve(anyDevice);
        return text;
      }));
    }
    return filters;
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
