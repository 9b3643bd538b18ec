package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
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
  private final long begun = System.nanoTime();
  private List<String> before;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), """
        limits:
          timeouts: {handshake: 3s, request: 3s, response: 3s, idle: 60s}
          requests: {at-once: 2, queued: 0}
        """);
    running = RunningService.of(data, "s-1");
  }

  private static final String CA_CERTIFICATES = head("GET /.well-known/est/cacerts", "X-Any: 1");

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
  private static Socket drip(Socket socket, String piece) throws IOException {
    OutputStream out = socket.getOutputStream();
    ScheduledFuture<?> unused = DRIPS.scheduleWithFixedDelay(
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
    return socket;
  }

  /** Waits for the end of a connection; what came before it. */
  private static String cut(Socket socket) throws IOException {
    socket.setSoTimeout(30_000);
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
    return read.toString();
  }

  private static Socket plain(URI service, byte... sent) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.getPort());
    socket.getOutputStream().write(sent);
    return socket;
  }

  private static Socket tls(String sent) throws IOException {
    return tls(running.device(running.bootstrap("s-1").credential()), sent);
  }

  private static Socket tls(RawHttps client, String sent) throws IOException {
    SSLSocket socket = client.connect();
    socket.startHandshake();
    socket.getOutputStream().write(sent.getBytes(US_ASCII));
    return socket;
  }

  /** All at once: each takes the whole of its time. */
  @Test
  void areCut() throws Exception {
    Map<String, Socket> slow = new LinkedHashMap<>();
    URI devices = running.service().deviceUri();
    URI operators = running.service().operatorUri();
    // The beginning of a record that announces 16 KiB of handshake.
    byte[] hello = {0x16, 3, 1, 0x3f, 0, 1, 0, 0x3e, 0};
    slow.put("a handshake that never begins", plain(devices));
    slow.put("a handshake that drips", drip(plain(devices, hello), "x"));
    slow.put("one at the operators' port", drip(plain(operators, hello), "x"));
    slow.put("a request that never begins", tls(""));
    slow.put("headers that drip", drip(tls(HEAD), "X-Drop: 1\r\n"));
    List<Socket> bodies = List.of(
        drip(tls(HEAD + "Content-Length: 900\r\n\r\n"), "AAAA"),
        drip(tls(HEAD + "Transfer-Encoding: chunked\r\n\r\n"), "1\r\nA\r\n"),
        drip(tls(running.operator(), manifest() + "Content-Length: 900\r\n\r\n"), "AAAA"));
    Socket second = tls(CA_CERTIFICATES + "\r\n" + CA_CERTIFICATES);
    for (Map.Entry<String, Socket> each : slow.entrySet()) {
      assertThat(cut(each.getValue())).as(each.getKey()).isEmpty();
    }
    for (Socket body : bodies) {
      assertThat(cut(body)).startsWith("HTTP/1.1 408 ").contains("the body was not there in 3s");
    }
    assertThat(cut(second)).startsWith("HTTP/1.1 200");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(50));
  }

  @Test
  void holdNoThread() throws Exception {
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      slow.add(tls(HEAD + "Content-Length: 900\r\n\r\nA"));
      slow.add(tls(running.operator(), manifest() + "Content-Length: 900\r\n\r\nA"));
    }
    // Two requests are worked on at once, and none may wait.
    assertThat(running.device(null).get("/.well-known/est/cacerts").status()).isEqualTo(200);
    RunningService.expect(200, running.operate("GET", "/api/v1/service", null, null));
    for (Socket socket : slow) {
      assertThat(cut(socket)).startsWith("HTTP/1.1 408 ");
    }
  }

  /** The head of a request of somebody who may send it. */
  private static String manifest() throws IOException {
    return head(
        "POST /api/v1/fleets/sensors/manifest",
        "Content-Type: text/csv\r\nAuthorization: Bearer " + running.token());
  }
}
