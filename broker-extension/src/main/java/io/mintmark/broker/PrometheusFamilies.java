package io.mintmark.broker;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A registry of metrics, whose names have no labels, in the terms of Prometheus. Ours begin with
 * {@code mintmark_}; what is counted together becomes one family with a label. HiveMQ's have the
 * names its own exporter gives them. Thread-safe.
 */
final class PrometheusFamilies {

  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The end of a name that is kept for counters. */
  private static final String TOTAL = "_total";

  /** A family with a label: it has the rest of a name that begins so. */
  private record Labelled(String prefix, String family, String label) {}

  private static final List<Labelled> LABELLED = List.of(
      new Labelled(BrokerMetrics.REFUSED, "mintmark_connects_refused", "reason"),
      new Labelled(BrokerMetrics.CUT, "mintmark_sessions_cut", "reason"),
      new Labelled(BrokerMetrics.CLOSED, "mintmark_sessions_closed", "reason"),
      new Labelled(BrokerMetrics.HANDSHAKES, "mintmark_handshakes", "version"),
      new Labelled(BrokerMetrics.HANDSHAKES_FAILED, "mintmark_handshakes_failed", "reason"));

  private final MetricRegistry metrics;

  PrometheusFamilies(MetricRegistry metrics) {
    this.metrics = metrics;
  }

  /** All of it, as it is now. */
  MetricSnapshots collect() {
    Map<String, MetricSnapshot> families = new TreeMap<>();
    ours(families);
    metrics.getCounters().forEach((name, counter) -> {
      if (!name.startsWith(BrokerMetrics.PREFIX)) {
        put(families, name, (double) counter.getCount());
      }
    });
    metrics.getGauges().forEach((name, gauge) -> {
      if (gauge.getValue() instanceof Number number) {
        put(families, name, number.doubleValue());
      }
    });
    metrics
        .getHistograms()
        .forEach((name, h) -> put(families, name, h.getSnapshot(), h.getCount(), 1));
    metrics
        .getTimers()
        .forEach((name, t) -> put(families, name, t.getSnapshot(), t.getCount(), NANOS));
    metrics
        .getMeters()
        .forEach((name, meter) -> put(families, name + TOTAL, (double) meter.getCount()));
    return new MetricSnapshots(families.values());
  }

  private void ours(Map<String, MetricSnapshot> families) {
    Map<String, CounterSnapshot.Builder> counters = new TreeMap<>();
    metrics.getCounters().forEach((name, counter) -> {
      if (name.startsWith(BrokerMetrics.PREFIX)) {
        Optional<Labelled> labelled =
            LABELLED.stream().filter(l -> name.startsWith(l.prefix())).findFirst();
        counters
            .computeIfAbsent(
                labelled.map(Labelled::family).orElseGet(() -> family(name)),
                family -> CounterSnapshot.builder().name(family))
            .dataPoint(CounterDataPointSnapshot.builder()
                .labels(labelled
                    .map(l -> Labels.of(l.label(), name.substring(l.prefix().length())))
                    .orElse(Labels.EMPTY))
                .value((double) counter.getCount())
                .build());
      }
    });
    counters.forEach((family, counter) -> families.put(family, counter.build()));
  }

  /** HiveMQ counts with counters what goes down again, too: a total by its name alone is one. */
  private static void put(Map<String, MetricSnapshot> families, String name, double value) {
    String family = family(name);
    if (family.endsWith(TOTAL)) {
      family = family.substring(0, family.length() - TOTAL.length());
      families.put(
          family,
          CounterSnapshot.builder()
              .name(family)
              .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
              .build());
    } else {
      families.put(
          family,
          GaugeSnapshot.builder()
              .name(family)
              .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
              .build());
    }
  }

  private static void put(
      Map<String, MetricSnapshot> families, String name, Snapshot values, long count, double unit) {
    String family = family(name);
    Quantiles.Builder quantiles = Quantiles.builder();
    for (double quantile : new double[] {0.5, 0.95, 0.99, 1}) {
      quantiles.quantile(quantile, values.getValue(quantile) / unit);
    }
    families.put(
        family,
        SummarySnapshot.builder()
            .name(family)
            .dataPoint(SummaryDataPointSnapshot.builder()
                .quantiles(quantiles.build())
                .count(count)
                .build())
            .build());
  }

  /** The name in the letters Prometheus knows. */
  private static String family(String name) {
    String known = name.startsWith(BrokerMetrics.PREFIX)
        ? "mintmark_" + name.substring(BrokerMetrics.PREFIX.length())
        : name;
    return known.replaceAll("[^A-Za-z0-9_]", "_");
  }
}
