package io.mintmark.simulators.attack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection for bytes that no client library sends. Sent bytes leave at once; a read waits for {@value
 * #MILLIS} ms at the most.
 *
 * @param socket open
 * @param in what comes
 * @param out what goes
 */
record Wire(Socket socket, InputStream in, OutputStream out) implements AutoCloseable {

  static final int MILLIS = 8_000;

  /** TCP and nothing on it. */
  static Wire plain(String host, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), MILLIS);
      socket.setSoTimeout(MILLIS);
      socket.setTcpNoDelay(true);
      return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * A TLS handshake from this side.
   *
   * @param protocols offered; none for what the JDK offers
   */
  static Wire tls(String host, int port, SSLContext tls, String... protocols) throws IOException {
    Wire plain = plain(host, port);
    try {
      SSLSocket socket =
          (SSLSocket) tls.getSocketFactory().createSocket(plain.socket, host, port, true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      if (protocols.length > 0) {
        parameters.setProtocols(protocols);
      }
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  void send(byte[]... parts) throws IOException {
    out.write(Packet.bytes(parts));
    out.flush();
  }

  /** Drops the connection. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is as good as closed.
    }
  }
}
