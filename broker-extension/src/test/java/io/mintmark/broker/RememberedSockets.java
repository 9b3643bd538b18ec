package io.mintmark.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/** Hands out another factory's sockets and can close them behind their user's back. */
final class RememberedSockets extends SSLSocketFactory {

  private final SSLSocketFactory factory;
  private final List<Socket> sockets = new ArrayList<>();

  RememberedSockets(SSLSocketFactory factory) {
    this.factory = factory;
  }

  synchronized void closeAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private synchronized Socket remembered(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    return remembered(factory.createSocket());
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return remembered(factory.createSocket(socket, host, port, autoClose));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return remembered(factory.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return remembered(factory.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return remembered(factory.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return remembered(factory.createSocket(host, port, local, localPort));
  }
}
