package io.mintmark.simulators;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes sockets for one Paho client and keeps hold of the last, so that it can really be closed:
 * Paho first shuts down its input, which a TLS 1.3 socket of the JDK refuses before the other side
 * has said goodbye, and so never comes to close it. Thread-safe.
 */
public final class HeldSockets extends SSLSocketFactory {

  private final SSLSocketFactory sockets;
  private Socket last;

  public HeldSockets(SSLSocketFactory sockets) {
    this.sockets = sockets;
  }

  /** The one that Paho uses; the one before is of no use to it any more. */
  @Override
  public Socket createSocket() throws IOException {
    return hold(sockets.createSocket());
  }

  private synchronized Socket hold(Socket socket) {
    close();
    last = socket;
    return socket;
  }

  /** Closes the last socket, without a word of MQTT. */
  public synchronized void close() {
    try {
      if (last != null) {
        last.close();
      }
    } catch (IOException e) {
      // The other side was faster.
    }
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return hold(sockets.createSocket(socket, host, port, autoClose));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return hold(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return hold(sockets.createSocket(host, port, localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return hold(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return hold(sockets.createSocket(address, port, localAddress, localPort));
  }
}
