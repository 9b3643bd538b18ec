package io.mintmark.simulators;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/**
 * A connection over which OCSP is asked again and again, with as little processor time of its own as
 * Java allows. Belongs to one thread.
 */
final class OcspConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final String LENGTH = "content-length:";
  private static final int SUCCESSFUL = 0;
  private static final int ENUMERATED = 0x0a;

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;

  OcspConnection(URI service) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(service.getHost(), service.getPort()), TIMEOUT_MILLIS);
    out = socket.getOutputStream();
    in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * Asks and waits for the answer.
   *
   * @param request as of {@link OcspQuestion#http}
   * @throws IOException saying in one line what came instead of a successful answer
   */
  void ask(byte[] request) throws IOException {
    out.write(request);
    String status = line();
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException("answered " + status);
    }
    int length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(line.substring(LENGTH.length()).strip());
      }
    }
    requireSuccessful(in.readNBytes(length));
  }

  /** RFC 6960, section 4.2.1: the status is the first element of the answer. */
  private static void requireSuccessful(byte[] answer) throws IOException {
    int at = 2 + (answer.length > 1 && answer[1] < 0 ? answer[1] & 0x7f : 0);
    if (answer.length < at + 3 || answer[at] != ENUMERATED) {
      throw new IOException("answered something that is not OCSP");
    }
    if (answer[at + 2] != SUCCESSFUL) {
      throw new IOException("answered with OCSP status " + answer[at + 2]);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the service closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
