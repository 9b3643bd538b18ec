package io.mintmark.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** TLS over an {@link AnyAddressSocket}: HttpsURLConnection by itself tries a host's first address only. */
final class AnyAddressFactory extends SSLSocketFactory {

  private final SSLSocketFactory tls;

  AnyAddressFactory(SSLSocketFactory tls) {
    this.tls = tls;
  }

  /** The TCP socket, which {@link #createSocket(Socket, String, int, boolean)} is given once connected. */
  @Override
  public Socket createSocket() throws IOException {
    return new AnyAddressSocket();
  }

  @Override
  public Socket createSocket(Socket tcp, String host, int port, boolean autoClose)
      throws IOException {
    return tls.createSocket(tcp, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return tls.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return tls.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return tls.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return tls.createSocket(host, port, local, localPort);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }
}
