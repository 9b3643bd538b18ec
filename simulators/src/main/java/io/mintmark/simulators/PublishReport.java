package io.mintmark.simulators;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many messages brokers deliver. Immutable.
 *
 * @param finished when it ended
 * @param publishers how many devices published
 * @param subscribers how many applications received
 * @param payloadBytes of each message
 * @param generator where they were played
 * @param results one for each broker
 */
public record PublishReport(
    Instant finished,
    int publishers,
    int subscribers,
    int payloadBytes,
    Environment generator,
    List<Result> results)
    implements MeasuredReport {

  private static final double BAR = 0.97;

  /**
   * One time that one broker was measured.
   *
   * @param delivered messages that came to their subscriber, and no others
   * @param lost messages that were sent and did not come, late ones waited for
   * @param seconds how long it took
   * @param brokerBusy processors the broker's process kept busy
   * @param generatorBusy processors this process kept busy
   */
  public record Round(
      long delivered, long lost, double seconds, double brokerBusy, double generatorBusy) {

    double rate() {
      return delivered / seconds;
    }

    /** For each second of the broker's processor time. */
    double perCpuSecond() {
      return rate() / Math.max(1e-9, brokerBusy);
    }
  }

  /**
   * What one broker did.
   *
   * @param label what it is called
   * @param broker what it is
   * @param rounds by QoS, in the order they were played in
   */
  public record Result(
      String label, MeasuredBroker.Facts broker, Map<Integer, List<Round>> rounds) {}

  public PublishReport {
    results = List.copyOf(results);
  }

  /** Whether nothing was lost and the bars are reached. */
  @Override
  @JsonProperty
  public boolean passed() {
    return results.stream()
            .flatMap(r -> r.rounds().values().stream().flatMap(List::stream))
            .allMatch(round -> round.delivered() > 0 && round.lost() == 0)
        && bars().stream().noneMatch(bar -> Boolean.FALSE.equals(bar.reached()));
  }

  /** What the figures are held to: the median over rounds of the ratio within a round. */
  @JsonProperty
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (int qos : PublishLoad.QOS) {
      Optional<List<Round>> ours = rounds(ConnectReport.FAST, qos);
      Optional<List<Round>> baseline = rounds(ConnectReport.ALLOW_ALL, qos);
      bars.add(new Bar(
          "QoS " + qos + " messages delivered over allow-all",
          ours.isPresent() && baseline.isPresent() ? ratio(ours.get(), baseline.get()) : null,
          BAR,
          true));
    }
    return bars;
  }

  private static double ratio(List<Round> ours, List<Round> baseline) {
    double[] ratios = new double[ours.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours.get(i).rate() / Math.max(1e-9, baseline.get(i).rate());
    }
    return median(ratios);
  }

  private static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private Optional<List<Round>> rounds(String label, int qos) {
    return results.stream()
        .filter(r -> r.label().equals(label))
        .map(r -> r.rounds().get(qos))
        .findFirst();
  }

  @Override
  public String toJson() {
    return ReportJson.text(this);
  }

  /** A row for each broker and QoS, then the bars. Plain text, each line ended by a line feed. */
  @Override
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("", "delivered, 1/s", "for each CPU s", "lost", "broker busy", "generator busy"));
    for (int qos : PublishLoad.QOS) {
      for (Result result : results) {
        List<Round> rounds = result.rounds().get(qos);
        rows.add(List.of(
            result.label() + ", QoS " + qos,
            "%,.0f".formatted(median(rounds.stream().mapToDouble(Round::rate).toArray())),
            "%,.0f"
                .formatted(
                    median(rounds.stream().mapToDouble(Round::perCpuSecond).toArray())),
            Long.toString(rounds.stream().mapToLong(Round::lost).sum()),
            "%.0f %%"
                .formatted(
                    100 * median(rounds.stream().mapToDouble(Round::brokerBusy).toArray())),
            "%.0f %%"
                .formatted(100
                    * median(rounds.stream().mapToDouble(Round::generatorBusy).toArray()))));
      }
    }
    StringBuilder out = new StringBuilder(TextTable.of(rows)).append('\n');
    bars().forEach(bar -> out.append(bar.line()).append('\n'));
    return out.append(
            "medians; %d devices publish %d bytes each, %d applications receive; Java %s, %s\n"
                .formatted(
                    publishers,
                    payloadBytes,
                    subscribers,
                    generator.java(),
                    results.get(0).broker().crypto()))
        .toString();
  }
}
