package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;

/** Takes in the list of devices a factory shipped. Thread-safe. */
public final class ManifestImporter {

  /**
   * What a manifest changed, in devices.
   *
   * @param added new ones
   * @param updated known ones whose pin or attributes are different now
   * @param unchanged known ones
   */
  public record Result(int added, int updated, int unchanged) {}

  /**
   * Imports all lines or none.
   *
   * @param csv a header line, then one device a line
   * @throws Refusal NOT_FOUND for an unknown fleet, INVALID with one detail per bad line ({@code
   *     line 7: ...})
   */
  public Result load(FleetId fleet, String csv, String actor) throws Refusal {
    return null;
  }
}
