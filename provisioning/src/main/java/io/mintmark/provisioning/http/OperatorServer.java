package io.mintmark.provisioning.http;

import io.mintmark.identity.Credential;
import io.mintmark.provisioning.Provisioning;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.limits.Limits;
import java.util.List;

/**
 * The port of operators: the API under {@code /api/v1}, for bearers of a token. It never asks for a
 * client certificate, so that nothing a device holds could ever open it. Thread-safe.
 */
public final class OperatorServer implements AutoCloseable {

  private final HttpsServer server;
  private final ServerTls tls;

  private OperatorServer(HttpsServer server, ServerTls tls) {
    this.server = server;
    this.tls = tls;
  }

  /**
   * Listens.
   *
   * @param bindAddress null for all addresses
   * @param port 0 for a free one
   * @throws StartException naming the port if it cannot be listened on
   */
  public static OperatorServer start(Provisioning core, String bindAddress, int port)
      throws StartException {
    ServerTls tls = ServerTls.withoutClientCertificates(core.tls().current());
    Limits limits = core.settings().limits();
    HttpsServer server = HttpsServer.start(
        new HttpsServer.Options(
            "operator",
            bindAddress,
            port,
            List.of("GET", "POST", "PUT", "DELETE"),
            ErrorFormat.JSON,
            core.operators(),
            limits,
            core.nanoTime()),
        tls,
        HttpsServer.threads("operator", limits),
        routes -> {
          new FleetRoutes(core).register(routes);
          new ClaimRoutes(core.claims()).register(routes);
          new ApprovalRoutes(core.approvals()).register(routes);
          new EarlyRenewalRoutes(core.earlyRenewals()).register(routes);
          new IssuerRoutes(core).register(routes);
          new DeviceRoutes(core).register(routes);
          new RevocationRoutes(core).register(routes);
          new ApplicationRoutes(core).register(routes);
          new PolicyRoute(core.policies()).register(routes);
          new InvitationRoutes(core).register(routes);
          new AuditRoute(core.audit()).register(routes);
          new RecoveryRoutes(core.recoverer()).register(routes);
          new ServiceRoute(core.registry(), core.settings()).register(routes);
        });
    return new OperatorServer(server, tls);
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** Shows this credential from the next connection on. */
  public void use(Credential credential) {
    tls.use(credential);
  }

  /** Lets requests being answered finish, and stops listening. */
  @Override
  public void close() {
    server.close();
  }
}
