package io.mintmark.simulators.attack;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import javax.net.ssl.SSLContext;

/** A WebSocket by hand (RFC 6455) that carries MQTT (MQTT 5.0, section 6), well-formed or not. */
final class WebSocketWire {

  /** Frames' first bytes: the last of a message, and its kind (RFC 6455, section 5.2). */
  static final int BINARY = 0x82;

  static final int TEXT = 0x81;

  private static final int MASKED = 0x80;
  private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

  private WebSocketWire() {}

  /** What the server said to the upgrade: its status line and the open wire, if it agreed. */
  record Upgrade(HttpAnswer answer, Wire wire) {
    boolean agreed() {
      return answer.status() == 101;
    }
  }

  /**
   * Asks for the upgrade (section 4.1).
   *
   * @param uri host and port; the path is the caller's
   * @param tls shows what the caller likes
   * @param path as it stands in the request line
   * @param frame the first byte of what is sent
   * @param mask whether what is sent is masked, as it must be
   */
  static Upgrade open(URI uri, SSLContext tls, String path, int frame, boolean mask)
      throws IOException {
    Wire wire = ask(uri, tls, path);
    try {
      HttpAnswer answer = HttpAnswer.head(wire.in());
      return new Upgrade(
          answer,
          new Wire(
              wire.socket(),
              new Unframed(new DataInputStream(wire.in())),
              new Framed(wire.out(), frame, mask)));
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /** Asks for the upgrade, and leaves the answer to be read. */
  static Wire ask(URI uri, SSLContext tls, String path) throws IOException {
    Wire wire = Wire.tls(uri.getHost(), uri.getPort(), tls);
    try {
      wire.send(Packet.utf8(String.join(
          "\r\n",
          "GET " + path + " HTTP/1.1",
          "Host: " + uri.getHost() + ":" + uri.getPort(),
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Protocol: mqtt",
          "\r\n")));
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /** Each flush is a frame. */
  private static final class Framed extends OutputStream {
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final OutputStream out;
    private final int first;
    private final boolean mask;

    Framed(OutputStream out, int first, boolean mask) {
      this.out = out;
      this.first = first;
      this.mask = mask;
    }

    @Override
    public void write(int b) {
      waiting.write(b);
    }

    @Override
    public void flush() throws IOException {
      byte[] content = waiting.toByteArray();
      waiting.reset();
      int flag = mask ? MASKED : 0;
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(first);
      if (content.length < 126) {
        frame.write(flag | content.length);
      } else {
        frame.write(flag | 126);
        frame.writeBytes(Packet.two(content.length));
      }
      if (mask) {
        frame.writeBytes(MASK);
        for (int i = 0; i < content.length; i++) {
          content[i] ^= MASK[i % MASK.length];
        }
      }
      frame.writeBytes(content);
      out.write(frame.toByteArray());
      out.flush();
    }
  }

  /** What is in the binary frames; a close frame is the end. */
  private static final class Unframed extends InputStream {
    private static final int CLOSE = 0x8;
    private final DataInputStream in;
    private long left;

    Unframed(DataInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      while (left == 0) {
        int kind = in.readUnsignedByte() & 0x0f;
        left = in.readUnsignedByte() & 0x7f;
        if (left == 126) {
          left = in.readUnsignedShort();
        } else if (left == 127) {
          left = in.readLong();
        }
        if (kind == CLOSE) {
          throw new EOFException("a close frame");
        }
      }
      left--;
      return in.readUnsignedByte();
    }

    /** As much as there is of one frame. */
    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      bytes[from] = (byte) read();
      int more = (int) Math.min(left, length - 1);
      in.readFully(bytes, from + 1, more);
      left -= more;
      return 1 + more;
    }
  }
}
