package io.mintmark.broker;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricFilter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the extension counts, in HiveMQ's own registry of metrics: whatever a HiveMQ installation
 * exports its metrics with exports these, too. A name's last part tells apart what is counted
 * together, a refusal's word for example. Thread-safe.
 */
final class BrokerMetrics implements SessionObserver, AutoCloseable {

  /** Of all names. */
  static final String PREFIX = "io.mintmark.broker.";

  static final String REFUSED = PREFIX + "connects.refused.";
  static final String CUT = PREFIX + "sessions.cut.";
  static final String CLOSED = PREFIX + "sessions.closed.";
  static final String HANDSHAKES = PREFIX + "handshakes.done.";
  static final String HANDSHAKES_FAILED = PREFIX + "handshakes.failed.";

  private final MetricRegistry registry;
  private final Counter admitted;
  private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
  private final Timer cutDelay;

  BrokerMetrics(MetricRegistry registry) {
    this.registry = registry;
    admitted = registry.counter(PREFIX + "connects.admitted");
    for (Refusal refusal : Refusal.values()) {
      // At zero from the start: a rate is known only of what was there before.
      refused.put(refusal, registry.counter(REFUSED + refusal.word()));
    }
    cutDelay = registry.timer(PREFIX + "sessions.cut-delay-seconds");
  }

  /**
   * Shows a figure that is asked for when it is read.
   *
   * @param name in lower case, with {@code .} and {@code -}; the unit last, as {@code -seconds}
   * @param value null while it is not known
   */
  void gauge(String name, Supplier<? extends Number> value) {
    // One of the same name is left from an extension that was stopped.
    registry.remove(PREFIX + name);
    registry.registerGauge(PREFIX + name, (Gauge<Number>) value::get);
  }

  @Override
  public void admitted(LiveSession session) {
    admitted.inc();
  }

  @Override
  public void refused(RefusedConnect connect) {
    refused.get(connect.reason()).inc();
  }

  @Override
  public void cut(LiveSession session) {
    registry.counter(CUT + session.cutReason()).inc();
  }

  @Override
  public void closed(LiveSession session, String reason, String detail) {
    registry.counter(CLOSED + reason).inc();
  }

  @Override
  public void ended(LiveSession session) {
    if (session.isCut()) {
      cutDelay.update(System.nanoTime() - session.cutAtNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** HiveMQ's registry outlives the extension. */
  @Override
  public void close() {
    registry.removeMatching(MetricFilter.startsWith(PREFIX));
  }
}
