package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a connect storm came to. Immutable.
 *
 * @param finished when it ended
 * @param concurrency how many devices connected at a time
 * @param devices how many there were
 * @param coldSeconds how long brokers were measured cold
 * @param generator where the devices were played
 * @param results one for each broker that was measured
 * @param missing why others were not, by label
 */
public record ConnectReport(
    Instant finished,
    int concurrency,
    int devices,
    long coldSeconds,
    Environment generator,
    List<Result> results,
    Map<String, String> missing)
    implements MeasuredReport {

  /** The label of what bars are about: our broker on the fast crypto provider. */
  public static final String FAST = "fast";

  /** The label of the same on the JDK's own cryptography. */
  public static final String STOCK = "stock";

  /** The label of Eclipse Mosquitto. */
  public static final String MOSQUITTO = "mosquitto";

  /** The label of our broker's HiveMQ with an extension that admits everybody. */
  public static final String ALLOW_ALL = "allow-all";

  private static final double OVER_ALLOW_ALL = 0.95;
  private static final double OVER_STOCK = 3.5;
  private static final double OVER_MOSQUITTO = 1;
  private static final double COLD_OVER_WARM = 0.5;
  private static final double SECONDS_TO_PORT = 10;
  private static final double SATURATED = 0.9;

  /**
   * What one broker did.
   *
   * @param label what it is called
   * @param broker what it is
   * @param startSeconds from the start of its process to the open port
   * @param cold right after that
   * @param warm later on
   */
  public record Result(
      String label, MeasuredBroker.Facts broker, double startSeconds, Figures cold, Figures warm) {}

  /**
   * What connecting came to.
   *
   * @param connected how many were admitted
   * @param failures how many were not, by reason
   * @param ratePerSecond admitted a second
   * @param latency from the first SYN to the CONNACK
   * @param brokerCpuMillis processor time of the broker's process for each
   * @param generatorCpuMillis processor time of this process for each
   * @param brokerBusy processors the broker's process kept busy; 1 is one core
   * @param generatorBusy processors this process kept busy
   */
  public record Figures(
      long connected,
      Map<String, Long> failures,
      double ratePerSecond,
      Latency latency,
      double brokerCpuMillis,
      double generatorCpuMillis,
      double brokerBusy,
      double generatorBusy) {

    boolean complete() {
      return connected > 0 && failures.isEmpty();
    }
  }

  public ConnectReport {
    results = List.copyOf(results);
    missing = Map.copyOf(missing);
  }

  /** Whether every connection was admitted by every broker that was measured. */
  @Override
  @JsonProperty
  public boolean passed() {
    return !results.isEmpty()
        && results.stream().allMatch(r -> r.cold().complete() && r.warm().complete());
  }

  /** What the figures are held to. */
  @JsonProperty
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>(List.of(
        new Bar("warm rate over stock", warmOver(STOCK), OVER_STOCK, true),
        new Bar("warm rate over mosquitto", warmOver(MOSQUITTO), OVER_MOSQUITTO, true),
        new Bar(
            "rate in the first " + coldSeconds + " s over warm rate",
            of(FAST)
                .map(r -> r.cold().ratePerSecond() / Math.max(1e-9, r.warm().ratePerSecond()))
                .orElse(null),
            COLD_OVER_WARM,
            true),
        new Bar(
            "seconds to the open port",
            of(FAST).map(Result::startSeconds).orElse(null),
            SECONDS_TO_PORT,
            false)));
    if (of(ALLOW_ALL).isPresent()) {
      bars.add(new Bar("warm rate over allow-all", warmOver(ALLOW_ALL), OVER_ALLOW_ALL, true));
    }
    return bars;
  }

  private Double warmOver(String baseline) {
    Optional<Double> fast = of(FAST).map(r -> r.warm().ratePerSecond());
    Optional<Double> other =
        of(baseline).map(r -> r.warm().ratePerSecond()).filter(rate -> rate > 0);
    return fast.isPresent() && other.isPresent() ? fast.get() / other.get() : null;
  }

  private Optional<Result> of(String label) {
    return results.stream().filter(r -> r.label().equals(label)).findFirst();
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** {@inheritDoc} A column a broker, a row a figure, then the bars. */
  @Override
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("", Result::label));
    rows.add(row("broker", r -> r.broker().software()));
    rows.add(row("cryptography", r -> r.broker().crypto()));
    rows.add(row("seconds to the port", r -> "%.1f".formatted(r.startSeconds())));
    rows.add(
        row("first " + coldSeconds + " s, 1/s", r -> "%.0f".formatted(r.cold().ratePerSecond())));
    rows.add(row("warm, 1/s", r -> "%.0f".formatted(r.warm().ratePerSecond())));
    rows.add(row("latency p50, ms", r -> "%.1f".formatted(r.warm().latency().p50())));
    rows.add(row("latency p99, ms", r -> "%.1f".formatted(r.warm().latency().p99())));
    rows.add(row("broker CPU, ms each", r -> "%.2f".formatted(r.warm().brokerCpuMillis())));
    rows.add(row("generator CPU, ms each", r -> "%.2f".formatted(r.warm().generatorCpuMillis())));
    rows.add(row("broker busy", r -> "%.0f %%".formatted(100 * r.warm().brokerBusy())));
    rows.add(row("generator busy", r -> "%.0f %%".formatted(100 * r.warm().generatorBusy())));
    rows.add(row("connected", r -> Long.toString(r.cold().connected() + r.warm().connected())));
    StringBuilder out = new StringBuilder(TextTable.of(rows)).append('\n');
    results.forEach(r -> remarks(r, out));
    missing.forEach((label, why) -> out.append("%s was not measured: %s\n".formatted(label, why)));
    bars().forEach(bar -> out.append(bar.line()).append('\n'));
    return out.append("%d devices, %d at a time; generator: Java %s, %d processors, %s\n"
            .formatted(
                devices,
                concurrency,
                generator.java(),
                generator.processors(),
                generator.signatures()))
        .toString();
  }

  private static void remarks(Result result, StringBuilder out) {
    for (Figures figures : List.of(result.cold(), result.warm())) {
      figures
          .failures()
          .forEach((reason, count) -> out.append(
              "%s: %d were not admitted: %s\n".formatted(result.label(), count, reason)));
    }
    if (result.broker().core() == null) {
      out.append("%s was not held to one core: taskset is not there, or there is one core only\n"
          .formatted(result.label()));
    } else if (result.warm().brokerBusy() < SATURATED) {
      out.append("%s had %.0f %% of its core to do: its rate is a lower bound\n"
          .formatted(result.label(), 100 * result.warm().brokerBusy()));
    }
  }

  private List<String> row(String title, Function<Result, String> cell) {
    List<String> row = new ArrayList<>(List.of(title));
    results.forEach(r -> row.add(cell.apply(r)));
    return row;
  }
}
