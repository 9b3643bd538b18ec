package io.mintmark.provisioning;

import io.mintmark.identity.ClientIdPattern;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Printable;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.presence.ClonePolicy;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode;
import io.mintmark.provisioning.yaml.YamlNode.Mapping;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The {@code mqtt} section of a fleet's YAML. A grant is a topic filter, then it has no further
 * limits; or a mapping, then it grants what it says and no more:
 *
 * <pre>{@code
 * mqtt:
 *   publish:
 *     - telemetry/${device}/#
 *     - {topic: "state/${device}", qos: 1, retain: true}
 *   subscribe:
 *     - {topic: "work/${attr.site}/#", qos: 1, shared: only}
 * }</pre>
 */
final class MqttYaml {

  static final String SECTION = "mqtt";

  private static final String CLONES = "clones";
  private static final String TOPIC = "topic";

  private final Section mqtt;
  private final Identity anyDevice;

  MqttYaml(Section top, TrustDomain trustDomain, FleetId fleet) throws YamlException {
    this.mqtt = top.section(SECTION, List.of("client-id", "publish", "subscribe", CLONES))
        .orElse(Section.EMPTY);
    this.anyDevice = new Identity.Device(trustDomain, fleet, new DeviceId("any"));
  }

  ClientIdPattern clientId() throws YamlException {
    Optional<Scalar> pattern = mqtt.scalar("client-id");
    return pattern.isEmpty()
        ? ClientIdPattern.EXACT
        : FleetYaml.valueOf(pattern.get(), ClientIdPattern::new);
  }

  /** What follows when a device shows signs of a clone. */
  ClonePolicy clones() throws YamlException {
    return mqtt.word(CLONES, Worded.words(ClonePolicy.class))
        .map(word -> Worded.of(ClonePolicy.class, word))
        .orElse(ClonePolicy.REPORT);
  }

  TopicGrants topics() throws YamlException {
    List<PublishGrant> publish = new ArrayList<>();
    for (YamlNode item : mqtt.items("publish")) {
      if (item instanceof Mapping mapping) {
        Section grant = Section.of("a grant", mapping, List.of(TOPIC, "qos", "retain"));
        publish.add(new PublishGrant(
            filter(FleetYaml.required(grant, TOPIC)),
            qos(grant),
            grant.word("retain", List.of("true", "false")).orElse("false").equals("true")));
      } else {
        publish.add(new PublishGrant(filter((Scalar) item)));
      }
    }
    List<SubscribeGrant> subscribe = new ArrayList<>();
    for (YamlNode item : mqtt.items("subscribe")) {
      if (item instanceof Mapping mapping) {
        Section grant = Section.of("a grant", mapping, List.of(TOPIC, "qos", "shared"));
        subscribe.add(new SubscribeGrant(
            filter(FleetYaml.required(grant, TOPIC)),
            qos(grant),
            GrantForm.shared(
                grant.word("shared", List.of("true", "false", "only")).orElse("false"))));
      } else {
        subscribe.add(new SubscribeGrant(filter((Scalar) item)));
      }
    }
    return TopicGrants.of(publish, subscribe);
  }

  private static int qos(Section grant) throws YamlException {
    Optional<Scalar> qos = grant.scalar("qos");
    return qos.isEmpty()
        ? 2
        : FleetYaml.valueOf(qos.get(), text -> {
          if (!text.matches("[012]")) {
            throw new IllegalArgumentException(
                "QoS '" + Printable.of(text) + "' is not valid: use 0, 1 or 2");
          }
          return Integer.valueOf(text);
        });
  }

  /** Resolved for a device that could exist, so that no variable is unknown later. */
  private String filter(Scalar item) throws YamlException {
    return FleetYaml.valueOf(item, text -> {
      TopicGrants grants = new TopicGrants(List.of(text), List.of());
      grants.attributeNames().forEach(ManifestFile::requireAttribute);
      Map<String, String> anyAttributes =
          grants.attributeNames().stream().collect(Collectors.toMap(name -> name, name -> "any"));
      grants.resolve(anyDevice, anyAttributes);
      return text;
    });
  }
}
