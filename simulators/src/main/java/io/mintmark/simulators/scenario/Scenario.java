package io.mintmark.simulators.scenario;

import io.mintmark.identity.FleetId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is played, and what it is held to. Immutable.
 *
 * @param name what reports call it
 * @param engine who plays the devices: {@link #SDK} or {@link #SWARM}
 * @param fleet whose the devices are
 * @param devices how many; 0 if no verb needs any
 * @param lifetime of their operational certificates
 * @param state where factory and credentials are; null for where the caller has them
 * @param seed of what is left to chance
 * @param steps one after the other; the verbs of one are played at the same time
 * @param expectations as they were written
 * @param text the same as YAML
 */
public record Scenario(
    String name,
    String engine,
    FleetId fleet,
    int devices,
    Duration lifetime,
    Path state,
    long seed,
    List<List<Phase>> steps,
    List<String> expectations,
    String text) {

  /** The engine of real devices. */
  public static final String SDK = "sdk";

  /** The engine of many devices. */
  public static final String SWARM = "swarm";

  /** Whether it takes an operator of the installation: for its devices, or for a verb. */
  public boolean needsOperator() {
    return devices > 0 || phases().stream().anyMatch(Phase::needsOperator);
  }

  /** All phases, in order. */
  public List<Phase> phases() {
    return steps.stream().flatMap(List::stream).toList();
  }
}
