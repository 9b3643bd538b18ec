package io.mintmark.simulators.fleet;

import io.mintmark.identity.FleetId;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Which devices are to be played.
 *
 * @param fleet whose they are; their names begin with its name
 * @param devices how many, at least 1
 * @param lifetime of their operational certificates, in the fleet file; whole seconds
 * @param state folder that keeps factory and credentials, made when needed: the next run goes on
 *     with them
 */
public record FleetPlan(FleetId fleet, int devices, Duration lifetime, Path state) {

  /**
   * @throws IllegalArgumentException if there is no device
   */
  public FleetPlan {
    if (devices < 1) {
      throw new IllegalArgumentException(
          "a fleet of " + devices + " devices cannot be played: use at least 1");
    }
  }
}
