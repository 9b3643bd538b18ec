package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time with a handshake, headers or a body, over real TLS. */
class SlowClientsIT {

  private static final String HEAD =
      head("POST /.well-known/est/sensors/simpleenroll", "Content-Type: application/pkcs10");

  private static final ScheduledExecutorService DRIPS = Executors.newScheduledThreadPool(1);

  private static RunningService running;
  private final LogLines log = new LogLines();
  private List<String> before;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), """
        limits:
          timeouts: {handshake: 1s, request: 1s, response: 1s, idle: 30s}
          requests: {at-once: 2, queued: 0}
        """);
    running = RunningService.of(data, "s-1");
  }

  private static String head(String request, String header) {
    return request + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n";
  }

  @AfterAll
  static void stop() {
    DRIPS.shutdownNow();
    running.close();
  }

  @BeforeEach
  void attach() throws Exception {
    before = running.registry();
    log.attach();
  }

  /** What is cut changes nothing, and is no failure of ours. */
  @AfterEach
  void changedNothing() throws Exception {
    log.detach();
    assertThat(log.lines()).allMatch(line -> line.startsWith("INFO"));
    assertThat(running.registry()).isEqualTo(before);
  }

  /** Sends another piece again and again, so that the connection is never idle. */
  private static ScheduledFuture<?> drip(Socket socket, String piece) throws IOException {
    OutputStream out = socket.getOutputStream();
    return DRIPS.scheduleWithFixedDelay(
        () -> {
          try {
            out.write(piece.getBytes(US_ASCII));
            out.flush();
          } catch (IOException e) {
            throw new IllegalStateException("the server hung up", e);
          }
        },
        0,
        100,
        TimeUnit.MILLISECONDS);
  }

  /** Waits for the end of a connection; what came before it. */
  private static String cut(Socket socket) throws IOException {
    long begun = System.nanoTime();
    socket.setSoTimeout(10_000);
    StringBuilder read = new StringBuilder();
    try (socket) {
      for (int b = socket.getInputStream().read();
          b >= 0;
          b = socket.getInputStream().read()) {
        read.append((char) b);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection was not cut", e);
    } catch (IOException e) {
      // A reset cuts as well.
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    return read.toString();
  }

  private static Socket plain() throws IOException {
    return new Socket(
        InetAddress.getLoopbackAddress(), running.service().deviceUri().getPort());
  }

  @Test
  void aHandshakeThatNeverBegins() throws Exception {
    cut(plain());
    assertThat(log.lines()).anyMatch(line -> line.contains("device port cut"));
  }

  @Test
  void aHandshakeThatDrips() throws Exception {
    Socket socket = plain();
    // The beginning of a record that announces 16 KiB of handshake.
    socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0x3f, 0});
    socket.getOutputStream().write(new byte[] {1, 0, 0x3e, 0});
    ScheduledFuture<?> drops = drip(socket, "x");
    cut(socket);
    drops.cancel(true);
  }

  @Test
  void aRequestThatNeverBegins() throws Exception {
    var socket = running.device(null).connect();
    socket.startHandshake();
    assertThat(cut(socket)).isEmpty();
  }

  @Test
  void headersThatDrip() throws Exception {
    var socket = running.device(running.bootstrap("s-1").credential()).connect();
    socket.getOutputStream().write(HEAD.getBytes(US_ASCII));
    ScheduledFuture<?> drops = drip(socket, "X-Drop: 1\r\n");
    assertThat(cut(socket)).isEmpty();
    drops.cancel(true);
  }

  @Test
  void aBodyThatDrips() throws Exception {
    var socket = running.device(running.bootstrap("s-1").credential()).connect();
    socket.getOutputStream().write((HEAD + "Content-Length: 900\r\n\r\n").getBytes(US_ASCII));
    ScheduledFuture<?> drops = drip(socket, "AAAA");
    assertThat(cut(socket)).isEmpty();
    drops.cancel(true);
  }

  @Test
  void aBodyInChunksThatDrips() throws Exception {
    var socket = running.device(running.bootstrap("s-1").credential()).connect();
    socket
        .getOutputStream()
        .write((HEAD + "Transfer-Encoding: chunked\r\n\r\n").getBytes(US_ASCII));
    ScheduledFuture<?> drops = drip(socket, "1\r\nA\r\n");
    assertThat(cut(socket)).isEmpty();
    drops.cancel(true);
  }

  @Test
  void theSecondRequestOfAConnectionAsWell() throws Exception {
    var socket = running.device(null).connect();
    String get = head("GET /.well-known/est/cacerts", "X-Any: 1") + "\r\n";
    socket.getOutputStream().write((get + get.substring(0, 20)).getBytes(US_ASCII));
    assertThat(cut(socket)).startsWith("HTTP/1.1 200");
  }

  @Test
  void bodiesThatDripHoldNoThread() throws Exception {
    Socket[] slow = new Socket[40];
    for (int i = 0; i < slow.length; i++) {
      slow[i] = running.device(running.bootstrap("s-1").credential()).connect();
      slow[i].getOutputStream().write((HEAD + "Content-Length: 900\r\n\r\nA").getBytes(US_ASCII));
    }
    // Two requests are worked on at once, and none may wait.
    assertThat(running.device(null).get("/.well-known/est/cacerts").status()).isEqualTo(200);
    for (Socket socket : slow) {
      cut(socket);
    }
  }
}
