package io.mintmark.provisioning;

import io.mintmark.identity.DurationText;
import io.mintmark.identity.Printable;
import io.mintmark.provisioning.ca.Purpose;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The section {@code certificate} of a fleet's YAML. */
final class ProfileYaml {

  private static final String EXPIRED_GRACE = "expired-grace";
  private static final List<String> KEYS = List.of(
      "lifetime",
      "backdate",
      "key-types",
      "extended-key-usage",
      "dns-names",
      "renewal-window",
      EXPIRED_GRACE);

  private static final Duration DEFAULT_LIFETIME = Duration.ofDays(7);
  private static final Duration DEFAULT_BACKDATE = Duration.ofMinutes(5);

  /** By default a short-lived certificate is not mostly in the past. */
  private static final int LARGEST_DEFAULT_BACKDATE_SHARE = 10;

  private static final List<String> PURPOSES =
      Purpose.ofDevices().stream().map(Purpose::word).toList();

  private ProfileYaml() {}

  /**
   * Reads the section; what is not there has its default.
   *
   * @throws YamlException for a value that cannot be used
   */
  static DeviceProfile read(Section top) throws YamlException {
    Optional<Section> found = top.section("certificate", KEYS);
    if (found.isEmpty()) {
      return new DeviceProfile(
          DEFAULT_LIFETIME,
          DEFAULT_BACKDATE,
          List.of(KeyType.values()),
          List.of(Purpose.CLIENT_AUTH),
          List.of(),
          RenewalShare.DEFAULT,
          Duration.ZERO);
    }
    Section section = found.get();
    Duration lifetime = scalar(section, "lifetime", DurationText::parse).orElse(DEFAULT_LIFETIME);
    Optional<Duration> backdate = scalar(section, "backdate", DurationText::parse);
    List<KeyType> keyTypes = section.has("key-types")
        ? list(section, "key-types", ProfileYaml::keyType)
        : List.of(KeyType.values());
    List<Purpose> purposes = section.has("extended-key-usage")
        ? list(section, "extended-key-usage", ProfileYaml::purpose)
        : List.of(Purpose.CLIENT_AUTH);
    List<DnsNameTemplate> dnsNames = list(section, "dns-names", DnsNameTemplate::new);
    RenewalShare renewal = renewal(section);
    Duration expiredGrace =
        scalar(section, EXPIRED_GRACE, DurationText::parse).orElse(Duration.ZERO);
    try {
      return new DeviceProfile(
          lifetime,
          backdate.orElse(defaultBackdate(lifetime)),
          keyTypes,
          purposes,
          dnsNames,
          renewal,
          expiredGrace);
    } catch (IllegalArgumentException e) {
      throw YamlException.at(section.line(), e.getMessage());
    }
  }

  private static Duration defaultBackdate(Duration lifetime) {
    Duration share = Duration.ofSeconds(lifetime.toSeconds() / LARGEST_DEFAULT_BACKDATE_SHARE);
    return share.compareTo(DEFAULT_BACKDATE) < 0 ? share : DEFAULT_BACKDATE;
  }

  private static RenewalShare renewal(Section certificate) throws YamlException {
    Optional<Section> found = certificate.section("renewal-window", List.of("start", "end"));
    if (found.isEmpty()) {
      return RenewalShare.DEFAULT;
    }
    Section section = found.get();
    int start =
        scalar(section, "start", RenewalShare::percent).orElse(RenewalShare.DEFAULT.startPercent());
    int end =
        scalar(section, "end", RenewalShare::percent).orElse(RenewalShare.DEFAULT.endPercent());
    try {
      return new RenewalShare(start, end);
    } catch (IllegalArgumentException e) {
      throw YamlException.at(section.line(), e.getMessage());
    }
  }

  private static KeyType keyType(String word) {
    return Arrays.stream(KeyType.values())
        .filter(type -> type.word().equals(word))
        .findFirst()
        .orElseThrow(() -> unknown("key type", word, KeyType.words()));
  }

  private static Purpose purpose(String word) {
    return Purpose.ofDevices().stream()
        .filter(purpose -> purpose.word().equals(word))
        .findFirst()
        .orElseThrow(() -> unknown("extended key usage", word, PURPOSES));
  }

  private static IllegalArgumentException unknown(String what, String word, List<String> known) {
    return new IllegalArgumentException(
        what + " '" + Printable.of(word) + "' is not known: use " + String.join(", ", known));
  }

  private static <T> Optional<T> scalar(Section section, String key, Function<String, T> reading)
      throws YamlException {
    Optional<Scalar> text = section.scalar(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(FleetYaml.valueOf(text.get(), reading));
  }

  private static <T> List<T> list(Section section, String key, Function<String, T> reading)
      throws YamlException {
    List<T> values = new ArrayList<>();
    for (Scalar item : section.scalars(key)) {
      values.add(FleetYaml.valueOf(item, reading));
    }
    return values;
  }
}
