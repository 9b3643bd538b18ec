package io.mintmark.provisioning;

import io.mintmark.identity.FleetId;

/** Creates and changes fleets from their YAML. Thread-safe. */
public final class FleetApplier {

  /** What applying did. */
  public enum Change {
    /** The fleet is new. */
    CREATED,
    /** It was there and is different now. */
    UPDATED,
    /** It was there, just so. */
    UNCHANGED
  }

  /**
   * What applying did to which fleet.
   *
   * @param fleet the fleet the YAML describes
   * @param change what happened to it
   */
  public record Result(FleetId fleet, Change change) {}

  /**
   * Makes the fleet what the YAML says.
   *
   * @param yaml one document, factory CAs inline
   * @throws Refusal INVALID naming the key or value and the remedy
   */
  public Result apply(String yaml, String actor) throws Refusal {
    return null;
  }
}
