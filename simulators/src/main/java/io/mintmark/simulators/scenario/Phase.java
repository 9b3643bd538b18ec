package io.mintmark.simulators.scenario;

import io.mintmark.simulators.fleet.FleetPlan;

/** One verb of a scenario with its settings: immutable, and read from YAML or flags. */
public interface Phase {

  /** The verb, as scenarios write it: {@code connect}. */
  String verb();

  /**
   * Whether it can be played here.
   *
   * @throws IllegalArgumentException with one line that says what is missing and what to do
   */
  default void check(Target target) {}

  /**
   * Whether it can be played with these devices.
   *
   * @param engine {@code sdk} or {@code swarm}
   * @throws IllegalArgumentException with one line that says what is missing and what to do
   */
  default void check(FleetPlan fleet, String engine) {}

  /** What there has to be before it begins. */
  enum Needs {
    NOTHING,
    DEVICES,
    /** Those that an earlier step has connected. */
    CONNECTED
  }

  /** What it cannot be played without. */
  default Needs needs() {
    return Needs.NOTHING;
  }

  /**
   * Whether it comes to an end when nobody ends it. One that does not is over soon after {@link
   * Play#over}.
   */
  default boolean endsByItself() {
    return true;
  }

  /** Whether it takes an operator of the installation. */
  default boolean needsOperator() {
    return true;
  }

  /**
   * Plays it to its end. What goes wrong with devices is taken down, not thrown.
   *
   * @throws InterruptedException if the run was stopped: nothing of the phase goes on then
   * @throws Exception if it cannot be played at all, with one line to show
   */
  void play(Play play) throws Exception;
}
