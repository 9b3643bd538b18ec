package io.mintmark.provisioning;

import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Any text as the YAML of a fleet. */
public final class FleetYamlFuzz {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private FleetYamlFuzz() {}

  /** Called by the fuzzer before its time begins. */
  public static void fuzzerInitialize(String[] seeds) throws Exception {
    FuzzBudget.warmUp(seeds[0], FleetYamlFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    String yaml = new String(input, StandardCharsets.UTF_8);
    FuzzBudget.spend(() -> {
      try {
        new FleetYaml(new TrustDomain("example.org"), NOW).read(yaml);
      } catch (YamlException e) {
        FuzzBudget.requireOneLine(e.getMessage());
      }
    });
  }
}
