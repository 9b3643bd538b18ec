package io.mintmark.simulators;

import io.mintmark.identity.Printable;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * MQTT 5 by hand over one TLS socket, for moves no client library makes: it keeps talking where a
 * library would give up, and can choose the TLS version.
 */
final class RawConnection {

  private static final int MILLIS = 5_000;
  private static final int CONNECT = 0x10;
  private static final int CONNACK = 0x20;
  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int MQTT_5 = 5;
  private static final int CLEAN_START = 0x02;
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
        out.write(connect(clientId));
        out.write(publish(topic, payload));
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
    if (type != CONNACK) {
      return Sighting.unclear("an answer of type " + Printable.of(Integer.toHexString(type)));
    }
    in.readUnsignedByte();
    in.readUnsignedByte();
    return Sighting.of("CONNACK", in.readUnsignedByte());
  }

  /** Section 3.1, without will, name, password or properties. */
  private static byte[] connect(String clientId) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    body.writeUTF("MQTT");
    body.writeByte(MQTT_5);
    body.writeByte(CLEAN_START);
    body.writeShort(MILLIS / 1_000);
    body.writeByte(0);
    body.writeUTF(clientId);
    return packet(CONNECT, bytes.toByteArray());
  }

  /** Section 3.3, QoS 1, without properties. */
  private static byte[] publish(String topic, String payload) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    body.writeUTF(topic);
    body.writeShort(PACKET_ID);
    body.writeByte(0);
    body.write(payload.getBytes(StandardCharsets.UTF_8));
    return packet(PUBLISH_QOS_1, bytes.toByteArray());
  }

  /** The length as a variable byte integer (section 1.5.5). */
  private static byte[] packet(int type, byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(type);
    int rest = body.length;
    do {
      int digit = rest % 128;
      rest /= 128;
      out.write(rest > 0 ? digit | 0x80 : digit);
    } while (rest > 0);
    out.write(body);
    return out.toByteArray();
  }
}
