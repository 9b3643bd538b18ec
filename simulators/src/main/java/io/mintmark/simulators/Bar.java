package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a figure has to reach.
 *
 * @param what the figure
 * @param measured null if it was not, which never counts as reached
 * @param bound what it is held to
 * @param atLeast whether it has to be at least that, else at most
 */
record Bar(String what, Double measured, double bound, boolean atLeast) {

  /** Null if it was not measured. */
  @JsonProperty
  Boolean reached() {
    if (measured == null) {
      return null;
    }
    return atLeast ? measured >= bound : measured <= bound;
  }

  /** One line, without a line feed. */
  String line() {
    String held = "%s %s".formatted(atLeast ? "at least" : "at most", bound);
    return measured == null
        ? "----  %s: not measured (%s)".formatted(what, held)
        : "%s  %s: %.2f (%s)".formatted(reached() ? "PASS" : "FAIL", what, measured, held);
  }
}
