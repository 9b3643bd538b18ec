package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.limits.Limits;
import java.io.IOException;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The port of signed data for whoever wants it, without TLS: CRLs, OCSP, the issuers' certificates.
 * Jetty without the router of the other ports: an OCSP request in a path is no path, and this has to
 * be quick. Its clients are held to the limits of the other ports. Thread-safe.
 */
public final class StatusServer implements AutoCloseable {

  /** An OCSP request in a path has to find room. */
  private static final int HEADER_BYTES = 16 * 1024;

  private static final long IDLE_MILLIS = 15_000;
  private static final long STOP_MILLIS = 5_000;

  private final Server server;
  private final ServerConnector connector;

  private StatusServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Listens.
   *
   * @param bindAddress null for all addresses
   * @param port 0 for a free one
   * @throws StartException naming the port if it cannot be listened on
   */
  public static StatusServer start(Provisioning core, String bindAddress, int port, Clock clock)
      throws StartException {
    Limits limits = core.settings().limits();
    Server server = new Server(HttpsServer.threads("status", limits));
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    // Base64 has slashes, next to each other too. No path here is one of a file.
    http.setUriCompliance(UriCompliance.UNSAFE);
    Scheduler scheduler = new ScheduledExecutorScheduler("mintmark-status-clock", true);
    LongSupplier nanoTime = core.nanoTime();
    ConnectionGate gate = new ConnectionGate(
        limits,
        false,
        scheduler,
        nanoTime,
        new CutLog("connections to the status port cut", nanoTime));
    ServerConnector connector =
        new GatedConnector(server, scheduler, gate, new HttpConnectionFactory(http));
    connector.setHost(bindAddress);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setReuseAddress(true);
    try {
      connector.open();
    } catch (IOException e) {
      throw HttpsServer.cannotListen(bindAddress, port, "status", "CRLs and OCSP", e);
    }
    server.addConnector(connector);
    server.setErrorHandler(new OneLineErrors(ErrorFormat.TEXT));
    server.setStopTimeout(STOP_MILLIS);
    server.setHandler(
        new GracefulHandler(new StatusHandler(core.crls(), core.ocsp(), core.authority(), clock)));
    server.insertHandler(new AddressRate(
        gate,
        new EarlyAnswer(
            ErrorFormat.TEXT, new CutLog("requests to the status port put off", nanoTime)),
        limits.rates().address(),
        nanoTime));
    // The deadline of a request is for its body too: it stands until the answer begins.
    server.insertHandler(new RequestTimes(gate, limits.timeouts().response()));
    try {
      server.start();
    } catch (Exception e) {
      connector.close();
      throw new StartException("the port for CRLs and OCSP did not start: " + e.getMessage(), e);
    }
    return new StatusServer(server, connector);
  }

  /** The port it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Lets requests that are being answered finish, for some seconds, and stops listening. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the port for CRLs and OCSP did not stop", e);
    }
  }
}
