package io.mintmark.simulators;

import java.util.Map;
import java.util.stream.Collectors;

/** Failures by reason, for a reader. */
final class Reasons {

  private static final int MOST = 3;

  private Reasons() {}

  /** The most frequent reasons and how often each came; "none failed" if there is none. */
  static String text(Map<String, Long> failures) {
    if (failures.isEmpty()) {
      return "none failed";
    }
    String text = failures.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST)
        .map(e -> e.getValue() + " failed: " + e.getKey())
        .collect(Collectors.joining("; "));
    return failures.size() > MOST ? text + "; and other reasons" : text;
  }
}
