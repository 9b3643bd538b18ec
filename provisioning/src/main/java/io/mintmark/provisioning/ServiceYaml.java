package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import io.mintmark.provisioning.ca.StatusAddresses;
import io.mintmark.provisioning.limits.LimitsYaml;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import io.mintmark.provisioning.yaml.YamlReader;
import java.util.List;
import java.util.Optional;

/**
 * The text of {@code service.yaml}, read into {@link ServiceSettings}. Every key may be left out, and
 * an empty file is one that leaves out all:
 *
 * <pre>{@code
 * default-fleet: sensors
 * limits:
 *   rates: {per-device: 10/m burst 60}
 * approvals: {lifetime: 7d}
 * ca: {activation-share: 99%}
 * status-url: http://pki.example.org:8480
 * }</pre>
 */
final class ServiceYaml {

  private static final String DEFAULT_FLEET = "default-fleet";
  private static final String STATUS_URL = "status-url";
  private static final List<String> TOP =
      List.of(DEFAULT_FLEET, LimitsYaml.SECTION, ApprovalsYaml.SECTION, CaYaml.SECTION, STATUS_URL);

  private ServiceYaml() {}

  /**
   * Reads settings.
   *
   * @throws YamlException naming the line, the key or value, and the remedy
   */
  static ServiceSettings read(String yaml) throws YamlException {
    if (isEmpty(yaml)) {
      return ServiceSettings.DEFAULT;
    }
    Section top = Section.of("the service's settings", YamlReader.read(yaml), TOP);
    Optional<Scalar> fleet = top.scalar(DEFAULT_FLEET);
    Optional<Scalar> status = top.scalar(STATUS_URL);
    return new ServiceSettings(
        fleet.isEmpty()
            ? Optional.empty()
            : Optional.of(FleetYaml.valueOf(fleet.get(), FleetId::new)),
        LimitsYaml.read(top),
        ApprovalsYaml.read(top),
        CaYaml.read(top),
        status.isEmpty()
            ? Optional.empty()
            : Optional.of(FleetYaml.valueOf(status.get(), StatusAddresses::parse)));
  }

  /** Nothing but comments: a file somebody has yet to fill. */
  private static boolean isEmpty(String yaml) {
    return yaml.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"));
  }
}
