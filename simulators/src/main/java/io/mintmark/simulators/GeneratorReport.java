package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.mintmark.simulators.fleet.GeneratorLoad.Figures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What playing devices costs this process. Immutable.
 *
 * @param finished when it ended
 * @param devices how many were played
 * @param concurrency how many at a time
 * @param payload bytes of each message
 * @param environment what this process ran on
 * @param rows by broker and operation
 */
public record GeneratorReport(
    Instant finished,
    int devices,
    int concurrency,
    int payload,
    Environment environment,
    List<Row> rows)
    implements MeasuredReport {

  /** What it has to do on one processor without being what others wait for. */
  private static final double CONNECTS = 1_000;

  private static final double MESSAGES = 20_000;

  /**
   * One operation at one broker.
   *
   * @param broker what it is called
   * @param operation {@code connect}, {@code publish}, or {@code connect, from cold}
   * @param done how often it came through
   * @param failed how often it did not
   * @param generator what it took here
   * @param brokerCpu what it took there
   */
  public record Row(
      String broker,
      String operation,
      long done,
      long failed,
      Figures generator,
      Duration brokerCpu) {

    double rate() {
      return done * 1e9 / generator.took().toNanos();
    }

    double microsEach() {
      return generator.perOperation(done).toNanos() / 1e3;
    }

    double brokerBusy() {
      return (double) brokerCpu.toNanos() / generator.took().toNanos();
    }
  }

  public GeneratorReport {
    rows = List.copyOf(rows);
  }

  /** Whether nothing failed; the bars are the generator's, and told beside. */
  @Override
  @JsonProperty
  public boolean passed() {
    return rows.stream().allMatch(row -> row.done() > 0 && row.failed() == 0);
  }

  /** What one processor of this process can do in a second. */
  @JsonProperty
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (Row row : rows) {
      if (row.operation().equals(GeneratorCost.FIRST)) {
        continue;
      }
      boolean connects = row.operation().equals(GeneratorCost.CONNECT);
      bars.add(new Bar(
          "%s: %s a second on one core of the generator".formatted(row.broker(), row.operation()),
          1e6 / Math.max(1e-9, row.microsEach()),
          connects ? CONNECTS : MESSAGES,
          true));
    }
    return bars;
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  @Override
  public String table() {
    List<List<String>> text = new ArrayList<>();
    text.add(
        List.of("", "1/s", "generator CPU each, us", "generator busy", "broker busy", "failed"));
    for (Row row : rows) {
      text.add(List.of(
          row.broker() + ", " + row.operation(),
          "%,.0f".formatted(row.rate()),
          "%.0f".formatted(row.microsEach()),
          "%.0f %%"
              .formatted(100.0
                  * row.generator().cpu().toNanos()
                  / row.generator().took().toNanos()),
          "%.0f %%".formatted(100 * row.brokerBusy()),
          Long.toString(row.failed())));
    }
    StringBuilder out = new StringBuilder(TextTable.of(text)).append('\n');
    bars().forEach(bar -> out.append(bar.line()).append('\n'));
    return out.append("%d devices, %d at a time, %d bytes with QoS 1; Java %s, %s\n"
            .formatted(devices, concurrency, payload, environment.java(), environment.signatures()))
        .toString();
  }
}
