package io.mintmark.identity.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Takes every connection and sends the longest of all TLS handshake records a byte at a time, so that
 * whoever waits for its end waits for minutes and never for long.
 */
public final class TricklingServer implements AutoCloseable {

  private static final long MILLIS = 20;

  /** A ServerHello that announces 16,000 bytes (RFC 8446, section 5.1). */
  private static final byte[] BEGINNING = {0x16, 3, 3, 0x3e, (byte) 0x80, 2, 0, 0x3e, 0x7c, 3, 3};

  private final ServerSocket listener;

  /**
   * On a free port of localhost.
   *
   * @throws IOException if there is none
   */
  public TricklingServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    thread(this::accept);
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "trickling-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        thread(() -> trickle(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void trickle(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      for (int i = 0; !listener.isClosed(); i++) {
        client.getOutputStream().write(i < BEGINNING.length ? BEGINNING[i] : 0);
        Thread.sleep(MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      // The client has had enough.
    }
  }

  /** Listens no more; ends every trickle. */
  @Override
  public void close() throws IOException {
    listener.close();
  }
}
