package io.mintmark.simulators.results;

import io.mintmark.simulators.fleet.DeviceState;
import java.util.Map;

/**
 * How a run stands at a moment. Immutable.
 *
 * @param at seconds since its begin
 * @param states devices by state
 * @param operations in the order of the names of a run
 * @param counters what they stand at
 */
public record Live(
    double at,
    Map<DeviceState, Integer> states,
    Map<String, Operation> operations,
    Map<String, Long> counters) {

  static final Live NOTHING = new Live(0, Map.of(), Map.of(), Map.of());

  /**
   * One operation so far.
   *
   * @param count how often it came through
   * @param failures how often it failed, by reason
   * @param perSecond how often it came through in the last interval
   * @param p99Millis 99th percentile of all so far; 0 if none came through
   */
  public record Operation(
      long count, Map<String, Long> failures, double perSecond, double p99Millis) {

    /** How often it failed. */
    public long failed() {
      return failures.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
