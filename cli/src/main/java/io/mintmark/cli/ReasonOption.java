package io.mintmark.cli;

import java.util.Map;
import picocli.CommandLine.Option;

/** Why trust is taken back. */
final class ReasonOption {

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      defaultValue = "unspecified",
      description = "A reason of RFC 5280, section 5.3.1: unspecified, keyCompromise,"
          + " affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn, or of what"
          + " is below a CA cACompromise (default: ${DEFAULT-VALUE}).")
  private String reason;

  /** As the API wants it. */
  Map<String, String> body() {
    return Map.of("reason", reason);
  }
}
