package io.mintmark.provisioning.http;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets a TLS client show whatever certificate it has. Trust is decided later, per route, because it
 * depends on the route: a bootstrap certificate must chain to a CA of the fleet in the path, an
 * operational one to our own root, and the path is not known before the handshake is over.
 *
 * <p>Nothing is given away by this. The handshake still proves that the client holds the private
 * key (CertificateVerify, RFC 8446, section 4.4.3), so a route knows that the first certificate is
 * the client's own; what it may rely on beyond that it finds out by path validation. RFC 7030,
 * section 3.3.2, leaves it to the server how it authorises a certificate; refusing inside the
 * handshake would leave the client with a TLS alert in place of the 403 and the reason that section
 * 4.2.3 asks for.
 *
 * <p>No issuers are named (RFC 8446, section 4.2.4): the list would tell strangers which factories
 * we know, grow with the fleets, and make some clients withhold a certificate we would accept.
 * Stateless.
 */
final class AnyClientCertificate extends X509ExtendedTrustManager {

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    // Accepted here, validated in the route. JSSE makes no ticket for a session that is over, and
    // ServerTls would not take one back.
    engine.getHandshakeSession().invalidate();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    // Accepted here, validated in the route.
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    // Accepted here, validated in the route.
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    throw new UnsupportedOperationException("this trust manager is for a server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("this trust manager is for a server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("this trust manager is for a server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
