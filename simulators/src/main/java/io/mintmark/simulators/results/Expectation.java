package io.mintmark.simulators.results;

import io.mintmark.simulators.results.Results.Operation;
import java.util.Map;

/**
 * What a run is held to: {@code connect.p99<500ms}, {@code delivery.rate>=100/s},
 * {@code enroll.failed<1%}, {@code lost==0}, {@code failed==0}, {@code generator.cpu-per-connect<1ms}.
 * What was never measured meets none. Immutable.
 *
 * @param text as it was written
 * @param metric an operation or a counter, {@code failed}, or {@code generator.cpu-per-} and an
 *     operation
 * @param statistic of an operation; null for the others
 * @param comparison how it has to compare
 * @param bound to what: milliseconds for times, a share of 1 if {@code share}
 * @param share whether the bound is a share of all that were begun
 */
public record Expectation(
    String text,
    String metric,
    Statistic statistic,
    Comparison comparison,
    double bound,
    boolean share) {

  /** How to compare. */
  enum Comparison {
    AT_MOST("<="),
    AT_LEAST(">="),
    EQUAL("=="),
    UNEQUAL("!="),
    BELOW("<"),
    ABOVE(">");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }

    boolean holds(double measured, double bound) {
      return switch (this) {
        case AT_MOST -> measured <= bound;
        case AT_LEAST -> measured >= bound;
        case EQUAL -> Double.compare(measured, bound) == 0;
        case UNEQUAL -> Double.compare(measured, bound) != 0;
        case BELOW -> measured < bound;
        case ABOVE -> measured > bound;
      };
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with one line: the value, where it goes wrong, and what is
   *     possible there
   */
  public static Expectation parse(String text) {
    return new ExpectationReader(text).read();
  }

  /** How it came out. */
  public Outcome check(Results results) {
    if (metric.startsWith(Names.CPU_PER)) {
      return checkCpu(results);
    }
    if (metric.equals(Names.FAILED)) {
      return checkFailed(results);
    }
    return statistic == null ? checkCounter(results) : checkOperation(results);
  }

  private Outcome checkCpu(Results results) {
    Double measured =
        results.generator().cpuMillisPer().get(metric.substring(Names.CPU_PER.length()));
    return measured == null
        ? missed("it never came through")
        : outcome(measured, Shown.millis(measured));
  }

  private Outcome checkFailed(Results results) {
    long failed = 0;
    long all = 0;
    for (Operation operation : results.operations().values()) {
      failed += operation.failed();
      all += operation.count() + operation.failed();
    }
    return all == 0 ? missed("nothing was done") : failures(failed, all);
  }

  private Outcome checkCounter(Results results) {
    Map<String, Long> counters = results.counters();
    Long measured = counters.get(metric);
    String basis = Names.BASIS.get(metric);
    if (measured == null) {
      return missed(
          results.stopped()
              ? "the run was stopped before it was counted"
              : "nobody counted it in this run");
    }
    if (basis != null && counters.getOrDefault(basis, 0L) == 0) {
      return missed("says nothing, because '" + basis + "' is 0");
    }
    return outcome((double) measured, Shown.count(measured));
  }

  private Outcome checkOperation(Results results) {
    Operation operation = results.operations().get(metric);
    long all = operation == null ? 0 : operation.count() + operation.failed();
    if (all == 0) {
      return missed("it never happened");
    }
    if (statistic == Statistic.FAILED) {
      return failures(operation.failed(), all);
    }
    if (statistic == Statistic.COUNT) {
      return outcome((double) operation.count(), Shown.count(operation.count()));
    }
    if (operation.latencyMillis() == null) {
      return missed("it never came through, and failed %s times".formatted(Shown.count(all)));
    }
    double measured = statistic.of(operation);
    return outcome(
        measured, statistic.isTime() ? Shown.millis(measured) : Shown.perSecond(measured));
  }

  private Outcome failures(long failed, long all) {
    String shown = "%s of %s".formatted(Shown.count(failed), Shown.count(all));
    return share ? outcome((double) failed / all, shown) : outcome((double) failed, shown);
  }

  private Outcome outcome(double measured, String shown) {
    return new Outcome(text, comparison.holds(measured, bound), shown);
  }

  private Outcome missed(String why) {
    return new Outcome(text, false, why);
  }
}
