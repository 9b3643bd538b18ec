package io.mintmark.simulators.results;

import java.util.Map;

/**
 * Takes down what happens during a run. Called from any thread, at any rate a scenario reaches; never
 * blocks and never throws.
 */
public interface Recorder {

  /**
   * An operation came through.
   *
   * @param operation {@code enroll}, {@code connect}, {@code publish}, {@code delivery}, {@code renew},
   *     {@code cut}, ...: the name that figures and expectations go by
   * @param dueNanos {@link System#nanoTime} of the moment it was to begin by the open loop: who begins
   *     late has the lateness in the latency (coordinated omission)
   * @param endNanos {@link System#nanoTime} of its end
   */
  void done(String operation, long dueNanos, long endNanos);

  /**
   * An operation failed.
   *
   * @param operation as above
   * @param reason one line that names no device, so that the same failure of many counts as one
   *     reason
   */
  void failed(String operation, String reason);

  /**
   * Adds to a counter.
   *
   * @param counter {@code sent}, {@code delivered}, {@code lost}, {@code duplicates}, ...
   * @param more how many; may be negative
   */
  void count(String counter, long more);

  /**
   * Sets a counter that goes up and down and is not a sum: whoever looks last says what it stands at.
   *
   * @param counter {@code generator.threads}, ...
   * @param now what it stands at
   */
  default void level(String counter, long now) {}

  /** Something that a plot over time shows as a line with a word: a step begins, a fault ends. */
  void mark(String text);

  /**
   * A row of a table of its own, for what is neither a figure nor an event.
   *
   * @param table its name
   * @param cells by the names of their columns, in order
   */
  default void row(String table, Map<String, String> cells) {}
}
