package io.mintmark.simulators.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The names that figures go by. Whoever takes down something new puts its name here: an expectation
 * on any other is refused as a slip of the pen.
 */
final class Names {

  /** What is begun and ends, and takes time. */
  static final List<String> OPERATIONS = List.of(
      "enroll",
      "connect",
      "subscribe",
      "publish",
      "delivery",
      "command",
      "renew",
      "renew.gap",
      "revoke",
      "cut",
      "return",
      "disconnect",
      "rollover",
      "attack");

  /** What is counted. */
  static final List<String> COUNTERS = List.of(
      "sent",
      "delivered",
      "lost",
      "duplicates",
      "cut",
      "leaks",
      "moves",
      "unproven",
      "untried",
      "comebacks",
      "disconnects",
      "generator.threads",
      "generator.heap-mb",
      Names.FULL_SECONDS,
      Names.TICKS,
      Names.LATE_TICKS);

  /** Seconds in which the generator had no processor left, or no time on an event loop. */
  static final String FULL_SECONDS = "generator.full-seconds";

  /** Beginnings that an open loop had planned. */
  static final String TICKS = "ticks";

  /** Those of them that began late, because the generator was behind. */
  static final String LATE_TICKS = "ticks.late";

  /** What fails of all operations together. */
  static final String FAILED = "failed";

  /** Counters that go up and down, and are worth a plot. */
  static final List<String> GAUGES = List.of("generator.heap-mb", "generator.threads");

  /** Before an operation: the generator's processor time for each. */
  static final String CPU_PER = "generator.cpu-per-";

  /** A counter that says nothing unless the other one counted something. */
  static final Map<String, String> BASIS = Map.of(
      "delivered",
      "sent",
      "lost",
      "sent",
      "duplicates",
      "sent",
      "leaks",
      "moves",
      "unproven",
      "moves",
      "comebacks",
      "cut",
      LATE_TICKS,
      TICKS);

  private Names() {}

  /** All that may stand on the left of an expectation; operations with their first statistic. */
  static List<String> metrics() {
    List<String> all = new ArrayList<>(OPERATIONS);
    all.addAll(COUNTERS);
    all.add(FAILED);
    all.add(CPU_PER + "OPERATION");
    return List.copyOf(all);
  }
}
