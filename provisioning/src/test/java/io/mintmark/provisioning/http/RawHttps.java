package io.mintmark.provisioning.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Speaks HTTP/1.1 over TLS byte by byte, so that a test can send what no client library would. */
final class RawHttps {

  /** An answer; header names in lower case. */
  record Answer(int status, Map<String, String> headers, byte[] bytes) {
    String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  private final int port;
  private final SSLContext tls;
  private final InetAddress local;

  RawHttps(int port, SSLContext tls) {
    this(port, tls, InetAddress.getLoopbackAddress());
  }

  private RawHttps(int port, SSLContext tls, InetAddress local) {
    this.port = port;
    this.tls = tls;
    this.local = local;
  }

  /** The same client at another address of this machine, for example 127.0.0.2. */
  RawHttps from(String address) throws IOException {
    return new RawHttps(port, tls, InetAddress.getByName(address));
  }

  SSLSocket connect() throws IOException {
    SSLSocket socket = (SSLSocket)
        tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port, local, 0);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** One request on a connection of its own; {@code headers} are whole lines. */
  Answer send(String method, String target, byte[] body, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    head.append("Host: localhost\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (body != null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body == null ? new byte[0] : body);
    return raw(request.toByteArray());
  }

  Answer get(String target, String... headers) throws IOException {
    return send("GET", target, null, headers);
  }

  Answer post(String target, String mediaType, byte[] body, String... headers) throws IOException {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Content-Type: " + mediaType;
    return send("POST", target, body, all);
  }

  /** Sends these bytes and reads until the server closes. */
  Answer raw(byte[] request) throws IOException {
    try (SSLSocket socket = connect()) {
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
      } catch (SocketException e) {
        // The server may have answered and closed before the end of a body it does not want.
      }
      return parse(readAll(socket.getInputStream()));
    }
  }

  static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } catch (SocketException e) {
      if (out.size() == 0) {
        throw e;
      }
    }
    return out.toByteArray();
  }

  static Answer parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("not an HTTP answer: '" + text + "'");
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    return new Answer(
        Integer.parseInt(lines[0].split(" ", 3)[1]),
        headers,
        Arrays.copyOfRange(bytes, end + 4, bytes.length));
  }
}
