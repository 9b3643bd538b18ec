package io.mintmark.provisioning;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.EnrolmentPolicy.Again;
import io.mintmark.provisioning.EnrolmentPolicy.ChannelBinding;
import io.mintmark.provisioning.EnrolmentPolicy.Mode;
import io.mintmark.provisioning.EnrolmentPolicy.Webhook;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The section {@code enrolment} of a fleet's YAML. */
final class EnrolmentYaml {

  static final String SECTION = "enrolment";
  private static final String WEBHOOK = "webhook";
  private static final String TRUST = "trust";
  private static final String CHANNEL_BINDING = "channel-binding";
  private static final String SERVER_KEYGEN = "server-keygen";
  private static final List<String> KEYS =
      List.of("mode", "device-id", "again", WEBHOOK, CHANNEL_BINDING, SERVER_KEYGEN);
  private static final List<String> WEBHOOK_KEYS = List.of("url", "timeout", TRUST);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

  private EnrolmentYaml() {}

  /** The webhook's CAs, which may stand in a file. */
  static Optional<Scalar> webhookTrust(Section top) throws YamlException {
    Optional<Section> section = top.section(SECTION, KEYS);
    Optional<Section> webhook =
        section.isEmpty() ? section : section.get().section(WEBHOOK, WEBHOOK_KEYS);
    return webhook.isEmpty() ? Optional.empty() : webhook.get().scalar(TRUST);
  }

  static EnrolmentPolicy read(Section top) throws YamlException {
    Optional<Section> found = top.section(SECTION, KEYS);
    if (found.isEmpty()) {
      return new EnrolmentPolicy(
          Mode.MANIFEST, DeviceIdSource.SUBJECT, Again.ALLOW, null, ChannelBinding.OFF, false);
    }
    Section section = found.get();
    Mode mode = choice(section, "mode", Mode.class).orElse(Mode.MANIFEST);
    Optional<DeviceIdSource> deviceId = choice(section, "device-id", DeviceIdSource.class);
    if (mode == Mode.CLAIM && deviceId.isPresent()) {
      throw YamlException.at(
          section.line(),
          "'device-id' does not go with mode claim: a shared certificate names no device, the"
              + " request's CN does");
    }
    Again again = choice(section, "again", Again.class).orElse(mode.again());
    Webhook webhook = webhook(section);
    ChannelBinding binding =
        choice(section, CHANNEL_BINDING, ChannelBinding.class).orElse(ChannelBinding.OFF);
    boolean serverKeygen = section
        .word(SERVER_KEYGEN, List.of("true", "false"))
        .filter("true"::equals)
        .isPresent();
    try {
      return new EnrolmentPolicy(
          mode, deviceId.orElse(DeviceIdSource.SUBJECT), again, webhook, binding, serverKeygen);
    } catch (IllegalArgumentException e) {
      throw YamlException.at(section.line(), e.getMessage());
    }
  }

  private static Webhook webhook(Section section) throws YamlException {
    Optional<Section> found = section.section(WEBHOOK, WEBHOOK_KEYS);
    if (found.isEmpty()) {
      return null;
    }
    Section webhook = found.get();
    Optional<Scalar> timeout = webhook.scalar("timeout");
    try {
      return new Webhook(
          FleetYaml.valueOf(FleetYaml.required(webhook, "url"), EnrolmentYaml::url),
          timeout.isEmpty()
              ? DEFAULT_TIMEOUT
              : FleetYaml.valueOf(timeout.get(), DurationText::parse),
          FleetYaml.certificates("webhook CA", FleetYaml.required(webhook, TRUST)));
    } catch (IllegalArgumentException e) {
      throw YamlException.at(webhook.line(), e.getMessage());
    }
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "'" + Printable.of(text) + "' is not a URL: " + Printable.of(e.getReason()));
    }
  }

  private static <T extends Worded> Optional<T> choice(Section section, String key, Class<T> type)
      throws YamlException {
    return section.word(key, Worded.words(type)).map(word -> Worded.of(type, word));
  }
}
