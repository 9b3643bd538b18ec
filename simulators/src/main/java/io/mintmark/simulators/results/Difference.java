package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Results.Operation;
import java.util.Locale;

/**
 * One figure of two runs.
 *
 * @param operation of what
 * @param statistic which figure
 * @param first of the first run; null if there it never came through
 * @param second of the second
 */
record Difference(String operation, Statistic statistic, Double first, Double second) {

  /** As much is the weather of any machine. */
  private static final double NOISE = 0.05;

  /** What the second is, compared with the first. */
  enum Judgement {
    BETTER("▲ better"),
    WORSE("▼ worse"),
    SAME("≈ same"),
    UNKNOWN("–");

    private final String words;

    Judgement(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  static Difference of(String name, Statistic statistic, Operation first, Operation second) {
    return new Difference(name, statistic, figure(statistic, first), figure(statistic, second));
  }

  private static Double figure(Statistic statistic, Operation operation) {
    boolean latency = statistic.isTime() || statistic == Statistic.RATE;
    if (operation == null || (latency && operation.latencyMillis() == null)) {
      return null;
    }
    return statistic.of(operation);
  }

  /** How many times the first the second is; null if that is no number. */
  Double ratio() {
    return first == null || second == null || first == 0 ? null : second / first;
  }

  Judgement judgement() {
    if (first == null || second == null || statistic == Statistic.COUNT) {
      return Judgement.UNKNOWN;
    }
    double change = first == 0 ? second : second / first - 1;
    if (Math.abs(change) < NOISE) {
      return Judgement.SAME;
    }
    return change > 0 == statistic.moreIsBetter() ? Judgement.BETTER : Judgement.WORSE;
  }

  String shownFirst() {
    return shown(first);
  }

  String shownSecond() {
    return shown(second);
  }

  private String shown(Double value) {
    if (value == null) {
      return "–";
    }
    if (statistic.isTime()) {
      return Shown.millis(value);
    }
    return statistic == Statistic.RATE ? Shown.perSecond(value) : Shown.digits(value);
  }

  String shownRatio() {
    Double ratio = ratio();
    return ratio == null ? "–" : String.format(Locale.ROOT, "×%.2f", ratio);
  }
}
