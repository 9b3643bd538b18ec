package io.mintmark.simulators.results;

import io.mintmark.identity.Printable;
import io.mintmark.identity.Suggestion;
import io.mintmark.simulators.results.Expectation.Comparison;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code METRIC[.STATISTIC] COMPARISON VALUE[UNIT]}. */
final class ExpectationReader {

  private static final Pattern SIGN = Pattern.compile("<=|>=|==|!=|<|>|=");
  private static final Pattern VALUE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(\\S*)");
  private static final Map<String, Double> TIMES =
      Map.of("us", 1e-3, "µs", 1e-3, "ms", 1.0, "s", 1e3, "min", 60e3);

  private final String text;

  ExpectationReader(String text) {
    this.text = text;
  }

  Expectation read() {
    Matcher sign = SIGN.matcher(text);
    if (!sign.find()) {
      throw odd(text.length(), "a comparison is missing: <, <=, >, >=, == or !=");
    }
    Comparison comparison = comparison(sign);
    int begin = leading(0);
    String left = text.substring(0, sign.start()).strip();
    int valueAt = leading(sign.end());
    Matcher value = VALUE.matcher(text.substring(sign.end()).strip());
    if (!value.matches()) {
      throw odd(valueAt, "a number of 0 or more is needed after " + comparison.sign());
    }
    if (left.isEmpty()) {
      throw odd(begin, "what is measured is missing: " + String.join(", ", Names.metrics()));
    }
    return finish(left, begin, comparison, value, valueAt);
  }

  private Comparison comparison(Matcher sign) {
    for (Comparison each : Comparison.values()) {
      if (each.sign().equals(sign.group())) {
        return each;
      }
    }
    throw odd(sign.start(), "'=' is no comparison: did you mean '=='?");
  }

  private Expectation finish(
      String left, int begin, Comparison comparison, Matcher value, int valueAt) {
    double number = Double.parseDouble(value.group(1));
    String unit = value.group(2);
    int unitAt = valueAt + value.start(2);
    boolean counts = Names.COUNTERS.contains(left) || left.equals(Names.FAILED);
    boolean share = unit.equals("%");
    if (counts) {
      double bound =
          left.equals(Names.FAILED) && share ? number / 100 : plain(number, unit, unitAt);
      return new Expectation(text, left, null, comparison, bound, share);
    }
    if (left.startsWith(Names.CPU_PER)) {
      operation(left.substring(Names.CPU_PER.length()), begin + Names.CPU_PER.length());
      double bound = time(number, unit, unitAt);
      return new Expectation(text, left, null, comparison, bound, false);
    }
    String metric = metric(left, begin);
    Statistic statistic = statistic(left, metric, begin);
    double bound = statistic.isTime()
        ? time(number, unit, unitAt)
        : statistic == Statistic.RATE && unit.equals("/s")
            ? number
            : statistic == Statistic.FAILED && share ? number / 100 : plain(number, unit, unitAt);
    return new Expectation(text, metric, statistic, comparison, bound, share);
  }

  /** Names have dots in them, and so has p99.9: the longest known operation it begins with. */
  private String metric(String left, int begin) {
    return Names.OPERATIONS.stream()
        .filter(each -> left.equals(each) || left.startsWith(each + "."))
        .max(Comparator.comparingInt(String::length))
        .orElseThrow(() -> unknown(left, begin));
  }

  private IllegalArgumentException unknown(String left, int begin) {
    int dot = left.indexOf('.');
    String name = dot > 0 && !left.startsWith("generator.") ? left.substring(0, dot) : left;
    List<String> known = new ArrayList<>(Names.OPERATIONS);
    if (name.equals(left)) {
      known = Names.metrics();
    }
    String meant = meant(name, known);
    return odd(
        begin,
        "'%s' is measured by no run: %s"
            .formatted(
                Printable.of(name),
                meant.isEmpty()
                    ? "there are %s%s"
                        .formatted(
                            name.equals(left) ? "" : "the operations ", String.join(", ", known))
                    : meant.strip()));
  }

  private void operation(String name, int at) {
    if (!Names.OPERATIONS.contains(name)) {
      throw odd(
          at,
          "'%s' is no operation: %sthere are %s"
              .formatted(
                  Printable.of(name),
                  meant(name, Names.OPERATIONS),
                  String.join(", ", Names.OPERATIONS)));
    }
  }

  private Statistic statistic(String left, String metric, int begin) {
    if (left.equals(metric)) {
      throw odd(
          begin + metric.length(),
          "which figure of '%s'? Say %s.%s"
              .formatted(metric, metric, String.join(", " + metric + ".", Statistic.words())));
    }
    String word = left.substring(metric.length() + 1);
    return Statistic.of(word)
        .orElseThrow(() -> odd(
            begin + metric.length() + 1,
            "'%s' is no figure of '%s': %sthere are %s"
                .formatted(
                    Printable.of(word),
                    metric,
                    meant(word, Statistic.words()),
                    String.join(", ", Statistic.words()))));
  }

  private double time(double number, String unit, int at) {
    Double factor = TIMES.get(unit);
    if (factor == null) {
      throw odd(at, unit(unit, "a time needs us, ms, s or min"));
    }
    return number * factor;
  }

  private double plain(double number, String unit, int at) {
    if (!unit.isEmpty()) {
      throw odd(at, unit(unit, "a plain number is needed"));
    }
    return number;
  }

  private static String unit(String unit, String need) {
    return unit.isEmpty()
        ? "the unit is missing: " + need
        : "'%s' does not fit: %s".formatted(Printable.of(unit), need);
  }

  private static String meant(String word, List<String> known) {
    Optional<String> near = Suggestion.of(word, known);
    return near.map(each -> "did you mean '" + each + "'? ").orElse("");
  }

  private int leading(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  private IllegalArgumentException odd(int index, String what) {
    return new IllegalArgumentException(
        "expectation '%s', position %d: %s".formatted(Printable.of(text), index + 1, what));
  }
}
