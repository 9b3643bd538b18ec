package io.mintmark.provisioning.http;

import io.javalin.http.Context;
import io.mintmark.provisioning.tls.BindableEngine;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection.SslEndPoint;

/** The channel bindings of the TLS connection a request came over. Stateless. */
final class ConnectionBindings {

  private ConnectionBindings() {}

  /** By their names; empty on a connection that was made while no fleet wanted to know. */
  static Map<String, byte[]> of(Context ctx) {
    EndPoint endPoint = ServletContextRequest.getServletContextRequest(ctx.req())
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint();
    return endPoint instanceof SslEndPoint tls
            && tls.getSslConnection().getSSLEngine() instanceof BindableEngine engine
        ? engine.channelBindings()
        : Map.of();
  }
}
