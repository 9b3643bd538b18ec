package io.mintmark.simulators.fault;

import io.mintmark.identity.Printable;
import io.mintmark.identity.Suggestion;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What can go wrong in a scenario. */
enum Kind {
  LATENCY,
  LOSE_ANSWERS,
  HALF_OPEN,
  RESET,
  BANDWIDTH,
  REFUSE,
  STOP_SERVICE,
  KILL_SERVICE,
  STOP_BROKER,
  KILL_BROKER,
  CLOCK_SKEW;

  /** As scenarios write it: {@code half-open}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<String> words() {
    return Stream.of(values()).map(Kind::word).toList();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if there is none of the name, with the near one
   */
  static Kind of(String word) {
    return Stream.of(values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + Printable.of(word)
            + "' is no kind of fault: use " + String.join(", ", words())
            + Suggestion.of(word, words())
                .map(near -> " (did you mean '" + near + "'?)")
                .orElse("")));
  }

  /** Whether the setting says something about it. */
  boolean knows(String key) {
    return switch (key) {
      case FaultPhase.ON -> isOfNetwork();
      case FaultPhase.SHARE -> !isOfPower();
      case FaultPhase.LATENCY, FaultPhase.JITTER -> this == LATENCY;
      case FaultPhase.BANDWIDTH -> this == BANDWIDTH;
      default -> this == CLOCK_SKEW;
    };
  }

  /** Whether it is done to connections. */
  boolean isOfNetwork() {
    return !isOfPower() && this != CLOCK_SKEW;
  }

  /** Whether it ends a process. */
  boolean isOfPower() {
    return switch (this) {
      case STOP_SERVICE, KILL_SERVICE, STOP_BROKER, KILL_BROKER -> true;
      default -> false;
    };
  }

  /** The part whose process it ends. */
  Part part() {
    return this == STOP_SERVICE || this == KILL_SERVICE ? Part.SERVICE : Part.BROKER;
  }

  /** Whether it ends a process as kill -9 does. */
  boolean isSudden() {
    return this == KILL_SERVICE || this == KILL_BROKER;
  }
}
