package io.mintmark.simulators;

import io.mintmark.identity.Printable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * MQTT 5 by hand over one TLS socket, for moves no client library makes: it keeps talking where a
 * library would give up, and can choose the TLS version.
 */
final class RawConnection {

  private static final int MILLIS = 5_000;
  private static final int PACKET_ID = 1;

  private final String host;
  private final int port;
  private final SSLContext tls;

  RawConnection(String host, int port, SSLContext tls) {
    this.host = host;
    this.port = port;
    this.tls = tls;
  }

  /**
   * Shakes hands, sends CONNECT and, without waiting to be let in, a PUBLISH.
   *
   * @param protocol the one TLS version offered, {@code TLSv1.3} or {@code TLSv1.2}
   */
  Sighting connectAndPublish(String protocol, String clientId, String topic, String payload) {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), MILLIS);
      plain.setSoTimeout(MILLIS);
      try (SSLSocket socket =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        OutputStream out = socket.getOutputStream();
        out.write(MqttPackets.connect(clientId, MILLIS / 1_000));
        out.write(MqttPackets.publish(topic, PACKET_ID, payload));
        out.flush();
        return answer(new DataInputStream(socket.getInputStream()));
      }
    } catch (IOException e) {
      return Sighting.of(e);
    }
  }

  /** The CONNACK: type, length, session present, reason code (MQTT 5.0, section 3.2). */
  private static Sighting answer(DataInputStream in) throws IOException {
    int type = in.readUnsignedByte();
    if (type != MqttPackets.CONNACK) {
      return Sighting.unclear("an answer of type " + Printable.of(Integer.toHexString(type)));
    }
    in.readUnsignedByte();
    in.readUnsignedByte();
    return Sighting.of("CONNACK", in.readUnsignedByte());
  }
}
