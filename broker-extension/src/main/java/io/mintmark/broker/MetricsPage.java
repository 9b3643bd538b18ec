package io.mintmark.broker;

import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;

/**
 * The runnable broker's page of metrics, {@code /metrics}, in the formats of Prometheus: what the
 * extension counts, and HiveMQ's own. Plain HTTP, without a question who asks: nobody is named on it.
 */
final class MetricsPage implements AutoCloseable {

  private final HTTPServer server;

  private MetricsPage(HTTPServer server) {
    this.server = server;
  }

  /**
   * Opens it.
   *
   * @param address to listen on
   * @param port 0 for any free one
   */
  static MetricsPage open(MetricRegistry metrics, String address, int port) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register((MultiCollector) new PrometheusFamilies(metrics)::collect);
    return new MetricsPage(HTTPServer.builder()
        .inetAddress(InetAddress.getByName(address))
        .port(port)
        .registry(registry)
        .buildAndStart());
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.close();
  }
}
