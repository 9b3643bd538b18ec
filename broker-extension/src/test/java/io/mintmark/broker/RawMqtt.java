package io.mintmark.broker;

import io.mintmark.identity.Credential;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLSocket;

/** Packets by hand, for what no client library sends. */
final class RawMqtt implements AutoCloseable {

  final SSLSocket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  RawMqtt(int port, Credential credential, Collection<X509Certificate> trust) throws IOException {
    socket =
        (SSLSocket) credential.tlsContext(trust).getSocketFactory().createSocket("localhost", port);
    socket.setSoTimeout(30_000);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /** CONNECT of MQTT 3.1.1 with a clean session; returns the return code (section 3.2.2.3). */
  int connect311(String clientId) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    data.writeUTF("MQTT");
    data.writeByte(4);
    data.writeByte(2);
    data.writeShort(30);
    data.writeUTF(clientId);
    send(0x10, body.toByteArray());
    byte[] connack = in.readNBytes(4);
    if (connack.length < 4) {
      throw new IOException("closed without CONNACK");
    }
    return connack[3];
  }

  /**
   * CONNECT of MQTT 5 with a clean start; returns the reason code of the CONNACK (section 3.2.2.2),
   * or of the DISCONNECT that came instead.
   */
  int connect5(String clientId) throws IOException {
    sendConnect5(clientId, 0);
    boolean connack = in.readByte() == 0x20;
    int length = in.readByte();
    byte[] body = in.readNBytes(length);
    if (body.length < length || length == 0) {
      throw new IOException("closed in the middle of its answer");
    }
    return body[connack ? 1 : 0] & 0xff;
  }

  /** The same, without waiting for the answer; with a keep alive in seconds, 0 for none. */
  void sendConnect5(String clientId, int keepAlive) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    data.writeUTF("MQTT");
    data.writeByte(5);
    data.writeByte(2);
    data.writeShort(keepAlive);
    data.writeByte(0);
    data.writeUTF(clientId);
    send(0x10, body.toByteArray());
  }

  /** CONNECT of MQTT 5 with a session that stays, taking this many messages unacknowledged. */
  void connect5Keeping(String clientId, int receiveMaximum) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    data.writeUTF("MQTT");
    data.writeByte(5);
    data.writeByte(0);
    data.writeShort(0);
    data.writeByte(8);
    data.writeByte(0x11); // session expiry interval
    data.writeInt(3600);
    data.writeByte(0x21);
    data.writeShort(receiveMaximum);
    data.writeUTF(clientId);
    send(0x10, body.toByteArray());
    in.readByte();
    in.readNBytes(in.readByte());
  }

  /** SUBSCRIBE of MQTT 5 with QoS 0; the SUBACK is left unread. */
  void subscribe5(String filter) throws IOException {
    subscribe5(filter, 0);
  }

  void subscribe5(String filter, int qos) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    data.writeShort(1);
    data.writeByte(0);
    data.writeUTF(filter);
    data.writeByte(qos);
    send(0x82, body.toByteArray());
  }

  /** PUBLISH of MQTT 5 with QoS 0. */
  void publish5(String topic, String payload) throws IOException {
    publish(topic, "\0" + payload);
  }

  /** PUBLISH of MQTT 3.1.1 with QoS 0. */
  void publish(String topic, String payload) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    new DataOutputStream(body).writeUTF(topic);
    body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
    send(0x30, body.toByteArray());
  }

  /** Reads a packet and returns its first byte (MQTT 5.0, section 2.1.1). */
  int packet() throws IOException {
    int type = in.readUnsignedByte();
    in.readNBytes(in.readByte());
    return type;
  }

  /** Whether the broker closes the connection, having sent nothing more. */
  boolean isClosedByBroker() throws IOException {
    return in.read() < 0;
  }

  /** Reads until the broker closes; fails after 30 s. */
  void awaitDisconnect() throws IOException {
    in.readAllBytes();
  }

  private void send(int type, byte[] body) throws IOException {
    out.writeByte(type);
    int rest = body.length;
    for (; rest > 0x7f; rest >>= 7) {
      out.writeByte((rest & 0x7f) | 0x80);
    }
    out.writeByte(rest);
    out.write(body);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
