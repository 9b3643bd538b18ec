package io.mintmark.provisioning;

import io.mintmark.provisioning.limits.SettingsValue;
import io.mintmark.provisioning.yaml.Section;
import io.mintmark.provisioning.yaml.YamlException;
import java.time.Duration;
import java.util.List;

/** The section {@code approvals} of the service's settings. */
final class ApprovalsYaml {

  static final String SECTION = "approvals";

  private static final int MOST_PENDING = 1_000_000;
  private static final int MOST_WEBHOOKS = 1024;

  private ApprovalsYaml() {}

  /**
   * Reads them; what is left out has its default.
   *
   * @throws YamlException naming the line, the key or value, and the remedy
   */
  static ApprovalSettings read(Section top) throws YamlException {
    ApprovalSettings or = ApprovalSettings.DEFAULT;
    Section in = top.section(
            SECTION, List.of("lifetime", "pending-per-fleet", "retry-after", "webhooks-at-once"))
        .orElse(Section.EMPTY);
    return new ApprovalSettings(
        SettingsValue.duration(
            in, "lifetime", or.lifetime(), Duration.ofMinutes(1), Duration.ofDays(366)),
        SettingsValue.number(in, "pending-per-fleet", or.pendingPerFleet(), 1, MOST_PENDING),
        SettingsValue.duration(
            in, "retry-after", or.retryAfter(), Duration.ofSeconds(1), Duration.ofDays(1)),
        SettingsValue.number(in, "webhooks-at-once", or.webhooksAtOnce(), 1, MOST_WEBHOOKS));
  }
}
