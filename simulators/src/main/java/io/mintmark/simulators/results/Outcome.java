package io.mintmark.simulators.results;

/**
 * How an expectation came out.
 *
 * @param expectation as it was written
 * @param met whether it was met
 * @param measured what was measured, with its unit; or why nothing was
 */
public record Outcome(String expectation, boolean met, String measured) {

  /** One line, without a line feed. */
  String line() {
    return "%s  %s: %s".formatted(met ? "PASS" : "FAIL", expectation, measured);
  }
}
