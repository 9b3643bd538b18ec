package io.mintmark.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS over an {@link AnyAddressSocket}: HttpsURLConnection by itself tries a host's first address
 * only. As thread-safe as the factory it is made of.
 */
public class AnyAddressFactory extends SSLSocketFactory {

  private final SSLSocketFactory tls;

  /**
   * A factory.
   *
   * @param tls makes what is above the TCP sockets
   */
  public AnyAddressFactory(SSLSocketFactory tls) {
    this.tls = tls;
  }

  /**
   * The same factory for connections on which all that is read, TLS included, may take so long
   * together.
   */
  final AnyAddressFactory limited(Duration all) {
    AnyAddressFactory plain = this;
    return new AnyAddressFactory(tls) {
      @Override
      public Socket createSocket() throws IOException {
        return plain.createSocket();
      }

      @Override
      void connected(Socket tcp) {
        // Through a proxy (-Dhttps.proxyHost, -DsocksProxyHost) the JDK brings a socket of its own.
        if (tcp instanceof AnyAddressSocket direct) {
          direct.limit(all);
        }
      }
    };
  }

  /** What is done with a TCP socket that is connected: nothing. */
  void connected(Socket tcp) {}

  /** The TCP socket, which {@link #createSocket(Socket, String, int, boolean)} is given once connected. */
  @Override
  public Socket createSocket() throws IOException {
    return new AnyAddressSocket();
  }

  @Override
  public final Socket createSocket(Socket tcp, String host, int port, boolean autoClose)
      throws IOException {
    connected(tcp);
    return tls.createSocket(tcp, host, port, autoClose);
  }

  @Override
  public final Socket createSocket(String host, int port) throws IOException {
    throw another();
  }

  @Override
  public final Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw another();
  }

  @Override
  public final Socket createSocket(InetAddress host, int port) throws IOException {
    throw another();
  }

  @Override
  public final Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw another();
  }

  /** The JDK's second try, once the TLS above our socket has failed: it would heed no timeout. */
  private static SocketException another() {
    return new SocketException("TLS failed on the connection, and no other is made");
  }

  @Override
  public final String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public final String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }
}
