package io.mintmark.device;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.mqttv5.common.packet.MqttWireMessage;

/**
 * One TLS connection to the broker, in whole packets. One thread may read while another writes, and
 * any thread may close it.
 */
final class Wire implements AutoCloseable {

  private static final int READ_BUFFER = 1_024;

  private final HandshakeSocket tcp;
  private final int largestPacket;
  private InputStream in;
  private OutputStream out;

  /**
   * @param largestPacket bytes of the largest packet to take
   */
  Wire(int largestPacket) {
    this.largestPacket = largestPacket;
    try {
      tcp = new HandshakeSocket();
    } catch (SocketException e) {
      throw new IllegalStateException("this JDK makes no sockets", e);
    }
  }

  /**
   * Connects to one of the host's addresses, and shakes hands. The broker's certificate has to be for the host (RFC 9525), which
   * JSSE checks only where it is told to.
   *
   * @param timeout for each address, then for the whole handshake, then for the first packet
   */
  void open(String host, int port, SSLContext tls, Duration timeout) throws IOException {
    tcp.connect(
        InetSocketAddress.createUnresolved(host, port), Math.toIntExact(timeout.toMillis()));
    tcp.setTcpNoDelay(true);
    tcp.limit(timeout);
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(tcp, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    tcp.release();
    tcp.limit(timeout);
    in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER);
    out = socket.getOutputStream();
  }

  /** From now on, how long a read may find nothing before it fails; zero for ever. */
  void readTimeout(Duration timeout) throws IOException {
    tcp.limit(Duration.ZERO);
    tcp.setSoTimeout(Math.toIntExact(timeout.toMillis()));
  }

  MqttWireMessage read() throws IOException {
    return Packets.read(in, largestPacket);
  }

  void write(byte[] packets) throws IOException {
    out.write(packets);
    out.flush();
  }

  /**
   * Closes the connection under TLS's feet: closing the TLS socket would wait for a writer that
   * waits for a broker that does not read.
   */
  @Override
  public void close() {
    try {
      tcp.close();
    } catch (IOException e) {
      // Closed is what it was to be.
    }
  }
}
