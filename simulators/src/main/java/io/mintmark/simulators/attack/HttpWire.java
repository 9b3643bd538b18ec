package io.mintmark.simulators.attack;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * HTTP/1.1 byte by byte, so that a move can send what no client library would.
 *
 * @param uri scheme, host and port
 * @param tls null for none
 */
record HttpWire(URI uri, SSLContext tls) {

  /** One request on a connection of its own; {@code headers} are whole lines. */
  HttpAnswer send(String method, String target, byte[] body, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: "
        + uri.getHost() + "\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (body != null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    return raw(Packet.bytes(
        head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1),
        body == null ? new byte[0] : body));
  }

  HttpAnswer get(String target, String... headers) throws IOException {
    return send("GET", target, null, headers);
  }

  HttpAnswer post(String target, String mediaType, byte[] body, String... headers)
      throws IOException {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Content-Type: " + mediaType;
    return send("POST", target, body, all);
  }

  /** Sends these bytes and reads until the server closes. */
  HttpAnswer raw(byte[] request) throws IOException {
    try (Wire wire = open()) {
      try {
        wire.send(request);
      } catch (SocketException | SSLException e) {
        // The server may have answered and closed before the end of a body it does not want.
      }
      return HttpAnswer.all(wire.in());
    } catch (EOFException e) {
      return new HttpAnswer(0, "", new byte[0], 0);
    }
  }

  Wire open() throws IOException {
    return tls == null
        ? Wire.plain(uri.getHost(), uri.getPort())
        : Wire.tls(uri.getHost(), uri.getPort(), tls);
  }
}
