package io.mintmark.device;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Accepts every connection and never says a word. */
final class SilentServer implements AutoCloseable {

  /** One permit for each connection that came and said something. */
  final Semaphore asked = new Semaphore(0);

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  SilentServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        threads.execute(() -> listen(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void listen(Socket client) {
    try (client;
        InputStream in = client.getInputStream()) {
      if (in.read() >= 0) {
        asked.release();
      }
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // Gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
