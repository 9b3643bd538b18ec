package io.mintmark.provisioning.http;

import io.mintmark.identity.Credential;
import io.mintmark.provisioning.Misbehaviour;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.limits.Limits;
import java.util.List;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The port of devices and brokers: EST, renewal information, bundle reports, the feed and reports of
 * sessions. Asks every client for a certificate and leaves it to each route what certificate, if any,
 * is needed there. Thread-safe.
 */
public final class DeviceServer implements AutoCloseable {

  private final HttpsServer server;
  private final ServerTls tls;
  private final ParkedRequests parked;

  private DeviceServer(HttpsServer server, ServerTls tls, ParkedRequests parked) {
    this.server = server;
    this.tls = tls;
    this.parked = parked;
  }

  /**
   * Listens.
   *
   * @param bindAddress null for all addresses
   * @param port 0 for a free one
   * @param misbehaviour how it answers devices badly on purpose; null for not at all
   * @throws StartException naming the port if it cannot be listened on
   */
  public static DeviceServer start(
      Provisioning core, String bindAddress, int port, Misbehaviour misbehaviour)
      throws StartException {
    ServerTls tls =
        ServerTls.askingForCertificates(core.tls().current(), core.channelBindings()::used);
    Limits limits = core.settings().limits();
    QueuedThreadPool threads = HttpsServer.threads("device", limits);
    ParkedRequests parked = new ParkedRequests(threads, limits.feed());
    HttpsServer server = HttpsServer.start(
        new HttpsServer.Options(
            "device",
            bindAddress,
            port,
            List.of("GET", "POST"),
            ErrorFormat.TEXT,
            null,
            limits,
            core.nanoTime(),
            misbehaviour),
        tls,
        threads,
        routes -> {
          new EstRoutes(core).register(routes);
          new RenewalInfoRoute(core.renewalInformation()).register(routes);
          new BundleRoute(core.bundleReports()).register(routes);
          new FeedRoute(core, parked).register(routes);
          new SessionRoute(core).register(routes);
        });
    return new DeviceServer(server, tls, parked);
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** How many requests for the feed are parked now. */
  public int parked() {
    return parked.count();
  }

  /** Shows this credential from the next connection on. */
  public void use(Credential credential) {
    tls.use(credential);
  }

  /** Sends waiting brokers away, lets requests being answered finish, and stops listening. */
  @Override
  public void close() {
    parked.close();
    server.close();
  }
}
