package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;
import java.nio.charset.StandardCharsets;

/** Any text as a manifest. */
public final class ManifestFuzz {

  private static final FleetId FLEET = new FleetId("sensors");

  private ManifestFuzz() {}

  /** Called by the fuzzer before its time begins. */
  public static void fuzzerInitialize(String[] seeds) throws Exception {
    FuzzBudget.warmUp(seeds[0], ManifestFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    String csv = new String(input, StandardCharsets.UTF_8);
    FuzzBudget.spend(
        () -> ManifestFile.read(FLEET, csv).faults().forEach(FuzzBudget::requireOneLine));
  }
}
