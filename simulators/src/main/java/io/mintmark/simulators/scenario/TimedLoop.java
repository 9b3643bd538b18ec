package io.mintmark.simulators.scenario;

import io.mintmark.simulators.Pacer;
import io.mintmark.simulators.results.Recorder;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * An open loop that goes on for a time, or for as long as the other verbs of the step do.
 *
 * @param pacer its ticks
 * @param duration for how long; null for as long as the others
 */
record TimedLoop(Pacer pacer, Duration duration) {

  static final Key DURATION = new Key(
      "duration",
      "TIME",
      "How long it goes on; left out, it does for as long as the others of its step.");

  /** What is done at a tick. */
  @FunctionalInterface
  interface Tick {
    /**
     * Must return at once.
     *
     * @param number from 0
     * @param due the moment it was to be done, by {@link System#nanoTime}
     */
    void at(long number, long due);
  }

  /** Whether it ends when nobody ends it. */
  boolean endsByItself() {
    return duration != null;
  }

  /** Plays it to its end. */
  void play(Play play, Tick tick) throws InterruptedException {
    play(play.recorder(), endsByItself() ? () -> false : play.over(), tick);
  }

  /** All that is due in the time is done, late if need be: skipping it would hide the lateness. */
  void play(Recorder recorder, BooleanSupplier over, Tick tick) throws InterruptedException {
    long origin = System.nanoTime();
    for (long number = 0; ; number++) {
      long after = pacer.due(number).toNanos();
      if (endsByItself() && after >= duration.toNanos()) {
        return;
      }
      if (!Wave.await(recorder, origin + after, over)) {
        return;
      }
      tick.at(number, origin + after);
    }
  }
}
