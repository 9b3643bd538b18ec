package io.mintmark.simulators.attack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A port of the loopback interface that takes TLS with any certificate or none, no TLS too, and so
 * few connections at once that somebody can use them up: others are closed after a while.
 */
final class YesPort implements AutoCloseable {

  /** Who serves a connection. */
  interface Service {
    void serve(InputStream in, OutputStream out) throws IOException;
  }

  /** No more than the catalogue begins requests that do not end: one that waits costs the test seconds. */
  private static final int AT_ONCE = 60;

  /** Longer than those that have ended take to make room. */
  private static final long LONGEST_WAIT_MILLIS = 1_500;

  private static final int HANDSHAKE = 0x16;

  /** A ClientHello is shorter only if it was made by hand, and whatever it offers is good enough. */
  private static final int SHORTEST = 120;

  private static final byte[] SERVER_HELLO = {HANDSHAKE, 3, 1, 0, 4, 2, 0, 0, 0};

  private final ServerSocket socket;
  private final SSLContext tls;
  private final Service service;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
  private final ScheduledExecutorService waits = Executors.newSingleThreadScheduledExecutor();

  YesPort(SSLContext tls, Service service) throws IOException {
    this.tls = tls;
    this.service = service;
    socket = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    Thread accepting = new Thread(this::accept, "yes-port");
    accepting.setDaemon(true);
    accepting.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket next = socket.accept();
        open.add(next);
        AtomicBoolean settled = new AtomicBoolean();
        threads.execute(() -> {
          if (settled.compareAndSet(false, true)) {
            take(next);
          }
        });
        var unused = waits.schedule(
            () -> {
              if (settled.compareAndSet(false, true)) {
                leave(next);
              }
            },
            LONGEST_WAIT_MILLIS,
            TimeUnit.MILLISECONDS);
      }
    } catch (IOException | RejectedExecutionException e) {
      // Closed.
    }
  }

  private void leave(Socket waiting) {
    open.remove(waiting);
    try {
      waiting.close();
    } catch (IOException e) {
      // It is gone.
    }
  }

  /** A record's header, of which the first byte was read. */
  private static byte[] header(InputStream in) throws IOException {
    byte[] header = new byte[5];
    header[0] = HANDSHAKE;
    if (in.readNBytes(header, 1, 4) < 4) {
      throw new IOException("closed");
    }
    return header;
  }

  private void take(Socket plain) {
    try (plain) {
      plain.setTcpNoDelay(true);
      int first = plain.getInputStream().read();
      byte[] read = {(byte) first};
      if (first == HANDSHAKE) {
        read = header(plain.getInputStream());
        if (read[3] == 0 && (read[4] & 0xff) < SHORTEST) {
          plain.getOutputStream().write(SERVER_HELLO);
          return;
        }
        try (SSLSocket secure = (SSLSocket)
            tls.getSocketFactory().createSocket(plain, new ByteArrayInputStream(read), true)) {
          secure.setUseClientMode(false);
          secure.setWantClientAuth(true);
          service.serve(secure.getInputStream(), secure.getOutputStream());
        }
      } else if (first >= 0) {
        service.serve(
            new java.io.SequenceInputStream(new ByteArrayInputStream(read), plain.getInputStream()),
            plain.getOutputStream());
      }
    } catch (IOException e) {
      // It is gone.
    } finally {
      open.remove(plain);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
    waits.shutdownNow();
    for (Socket each : open) {
      each.close();
    }
  }
}
