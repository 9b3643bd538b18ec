package io.mintmark.device;

import io.mintmark.identity.AnyAddressSocket;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;

/**
 * A TCP socket that sends each flight of a TLS handshake whole: until {@link #release}, what is
 * written goes out when something is read. JSSE flushes Certificate, CertificateVerify and Finished
 * one by one; a broker that refuses the first closes while the others are written, the write fails,
 * and the alert that would have told why is never read. Until the release, one thread at a time.
 */
final class HandshakeSocket extends AnyAddressSocket {

  private ByteArrayOutputStream flight = new ByteArrayOutputStream();
  private volatile boolean released;

  HandshakeSocket() throws SocketException {
    // As its parent makes itself.
  }

  /** Sends what has been written, and from now on everything at once. */
  void release() throws IOException {
    sendFlight();
    released = true;
    flight = null;
  }

  private void sendFlight() throws IOException {
    if (flight.size() > 0) {
      byte[] bytes = flight.toByteArray();
      flight.reset();
      super.getOutputStream().write(bytes);
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        beforeRead();
        return in.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        beforeRead();
        return in.read(bytes, offset, length);
      }
    };
  }

  private void beforeRead() throws IOException {
    if (!released) {
      sendFlight();
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream out = super.getOutputStream();
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (released) {
          out.write(bytes, offset, length);
        } else {
          flight.write(bytes, offset, length);
        }
      }
    };
  }
}
