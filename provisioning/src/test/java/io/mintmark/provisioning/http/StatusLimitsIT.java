package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one client may ask of the port of CRLs and OCSP, and no more. */
class StatusLimitsIT {

  private static final int MOST_CONNECTIONS = 5;
  private static final String HEAD = String.join(
      "\r\n", "POST /ocsp HTTP/1.1", "Host: x", "Content-Type: application/ocsp-request", "");

  private static RunningService running;
  private final LogLines log = new LogLines();
  private final List<Socket> open = new ArrayList<>();
  private List<String> before;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.withStatus(data, """
        http://localhost:8480
        limits:
          timeouts: {request: 3s, response: 3s, idle: 60s}
          connections: {per-address: %d}
          exempt-addresses: []
        """.formatted(MOST_CONNECTIONS), 0);
  }

  @AfterAll
  static void stop() {
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
    for (Socket socket : open) {
      socket.close();
    }
    log.detach();
    assertThat(log.lines()).allMatch(line -> line.startsWith("INFO"));
    assertThat(running.registry()).isEqualTo(before);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(
        InetAddress.getLoopbackAddress(),
        running.service().statusUri().orElseThrow().getPort());
    socket.setSoTimeout(30_000);
    open.add(socket);
    return socket;
  }

  private Socket send(String text) throws IOException {
    Socket socket = connect();
    try {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    } catch (SocketException e) {
      // Cut already: then nothing comes of it either.
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
    }
    return socket;
  }

  /** What comes before the end of a connection, which has to come. */
  private static String rest(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection was not cut", e);
    } catch (IOException e) {
      // A reset cuts as well.
      return "";
    }
  }

  @Test
  void whoSendsSlowlyIsCut() throws Exception {
    Socket nothing = connect();
    Socket head = send("GET /crl/");
    Socket body = send(HEAD + "Content-Length: 900\r\n\r\n0");
    Thread drips = drip(body);
    for (Socket socket : List.of(nothing, head)) {
      assertThat(rest(socket)).isEmpty();
    }
    assertThat(rest(body)).doesNotContain("200 OK");
    drips.join();
  }

  /** One octet after another, so that the connection is never idle. */
  private static Thread drip(Socket socket) {
    Thread drips = new Thread(() -> {
      try {
        OutputStream out = socket.getOutputStream();
        while (true) {
          out.write('A');
          out.flush();
          Thread.sleep(50);
        }
      } catch (IOException | InterruptedException e) {
        // It was cut.
      }
    });
    drips.start();
    return drips;
  }

  @Test
  void whoAnnouncesOrSendsTooMuchIsRefused() throws Exception {
    assertThat(rest(send(HEAD + "Connection: close\r\nContent-Length: 16385\r\n\r\n")))
        .startsWith("HTTP/1.1 413 ");
    assertThat(rest(send(HEAD + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n4001\r\n"
            + "M".repeat(0x4001))))
        .startsWith("HTTP/1.1 413 ");
    assertThat(rest(send("GET /ocsp/" + "M".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")))
        .startsWith("HTTP/1.1 414 ");
  }

  @Test
  void whoHoldsManyConnectionsGetsNoMore() throws Exception {
    String path = "GET /ca/00.cer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    List<Socket> held = new ArrayList<>();
    for (int i = 0; i < MOST_CONNECTIONS; i++) {
      held.add(connect());
    }
    assertThat(rest(send(path))).isEmpty();
    for (Socket socket : held) {
      socket.close();
    }
    await().until(() -> rest(send(path)).startsWith("HTTP/1.1 404 "));
  }
}
