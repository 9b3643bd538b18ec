package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.config.RoutesConfig;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.limits.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** More work than a port takes on, and answers nobody takes, over real TLS. */
class LoadIT {

  private static final HeldCertificate ROOT =
      HeldCertificate.builder().commonName("root").authority(1).build();
  private static final HeldCertificate SERVER = HeldCertificate.builder()
      .commonName("server")
      .ip("127.0.0.1")
      .signedBy(ROOT)
      .build();
  private static final Duration QUEUED_FOR = Duration.ofSeconds(2);
  private static final int LARGE = 32 * 1024 * 1024;

  private static final AtomicInteger WORKING = new AtomicInteger();
  private static final CountDownLatch DONE = new CountDownLatch(1);

  private static HttpsServer server;

  @BeforeAll
  static void start() throws StartException {
    Limits or = Limits.DEFAULT;
    Limits limits = new Limits(
        or.bytes(),
        new Limits.Timeouts(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3)),
        or.connections(),
        or.rates(),
        or.exempt(),
        new Limits.Requests(2, 1, QUEUED_FOR),
        or.feed());
    server = HttpsServer.start(
        new HttpsServer.Options(
            "test",
            "127.0.0.1",
            0,
            List.of("GET"),
            ErrorFormat.TEXT,
            null,
            limits,
            System::nanoTime),
        ServerTls.withoutClientCertificates(SERVER.credential()),
        HttpsServer.threads("test", limits),
        LoadIT::routes);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void routes(RoutesConfig routes) {
    routes.get("/work", ctx -> {
      WORKING.incrementAndGet();
      DONE.await();
      ctx.result("done");
    });
    routes.get(FeedRoute.PATH, ctx -> ctx.result("news"));
    routes.get("/large", ctx -> ctx.result(new byte[LARGE]));
  }

  private static RawHttps client() {
    return new RawHttps(server.port(), Credential.anonymousTlsContext(List.of(ROOT.certificate())));
  }

  private static CompletableFuture<RawHttps.Answer> work() {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return client().get("/work");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static void busy(RawHttps.Answer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("5");
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.body()).isEqualTo("the service is busy: try again in 5s\n");
  }

  @Test
  void workBeyondWhatItTakesOnIsSentAway() throws Exception {
    LogLines log = new LogLines();
    log.attach();
    try {
      CompletableFuture<RawHttps.Answer> first = work();
      CompletableFuture<RawHttps.Answer> second = work();
      await().until(() -> WORKING.get() == 2);
      long begun = System.nanoTime();
      CompletableFuture<RawHttps.Answer> waiting = work();
      CompletableFuture<RawHttps.Answer> beyond = work();
      // One of them waits and is sent away after its time, the other at once.
      busy((RawHttps.Answer) CompletableFuture.anyOf(waiting, beyond).get());
      assertThat(waiting.isDone() && beyond.isDone()).isFalse();
      busy(waiting.get());
      busy(beyond.get());
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(QUEUED_FOR);
      assertThat(log.lines())
          .as("the second is counted, and said later")
          .hasSize(1)
          .allMatch(line -> line.contains("requests to the test port put off: {503=1}"));
      assertThat(client().get(FeedRoute.PATH).body()).isEqualTo("news");
      CompletableFuture<RawHttps.Answer> served = work();
      DONE.countDown();
      for (CompletableFuture<RawHttps.Answer> each : List.of(first, second, served)) {
        assertThat(each.get().body()).isEqualTo("done");
      }
    } finally {
      DONE.countDown();
      log.detach();
    }
  }

  @Test
  void anAnswerNobodyTakesIsCut() throws Exception {
    LogLines log = new LogLines();
    log.attach();
    try (SSLSocket socket = client().connect()) {
      socket
          .getOutputStream()
          .write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      await().until(() -> !log.lines().isEmpty());
      assertThat(log.lines())
          .containsExactly("INFO connections to the test port cut: {answer not taken in 1s=1}"
              + " (the last from 127.0.0.1)");
      assertThat(readable(socket.getInputStream())).isLessThan(LARGE);
    } finally {
      log.detach();
    }
  }

  @Test
  void aConnectionOnWhichNothingMovesIsCut() throws Exception {
    try (SSLSocket socket = client().connect()) {
      socket.getOutputStream().write("GET /wo".getBytes(US_ASCII));
      // Its request would have 20 s, and so has the socket.
      socket.setSoTimeout(15_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static long readable(InputStream in) {
    long read = 0;
    byte[] buffer = new byte[64 * 1024];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read += n;
      }
    } catch (IOException e) {
      // A reset ends it as well.
    }
    return read;
  }
}
