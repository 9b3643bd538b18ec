package io.mintmark.simulators.scenario;

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
   * Plays it to its end. What goes wrong with devices is taken down, not thrown.
   *
   * @throws InterruptedException if the run was stopped: nothing of the phase goes on then
   * @throws Exception if it cannot be played at all, with one line to show
   */
  void play(Play play) throws Exception;
}
