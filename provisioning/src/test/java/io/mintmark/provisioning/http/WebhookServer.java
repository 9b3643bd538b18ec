package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An operator's approval service: real HTTPS, with an answer that a test chooses. */
final class WebhookServer implements AutoCloseable {

  /** Answers one question. */
  @FunctionalInterface
  interface Handler {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }

  final HeldCertificate ca =
      HeldCertificate.builder().commonName("webhook").authority(0).build();
  final List<JsonNode> questions = new CopyOnWriteArrayList<>();
  final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  volatile Handler handler = json("{\"decision\":\"pending\"}");

  WebhookServer() throws IOException, GeneralSecurityException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls()));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private SSLContext tls() throws IOException, GeneralSecurityException {
    HeldCertificate own = HeldCertificate.builder()
        .commonName("localhost")
        .dns("localhost")
        .signedBy(ca)
        .build();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own", own.keys().getPrivate(), new char[0], own.chain().toArray(new Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private void answer(HttpExchange exchange) throws IOException {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try (exchange) {
      questions.add(new ObjectMapper().readTree(exchange.getRequestBody().readAllBytes()));
      handler.handle(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      atOnce.decrementAndGet();
    }
  }

  static Handler json(String body) {
    return exchange -> send(exchange, 200, body);
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The section {@code enrolment} of a fleet that asks here, in one line. */
  String enrolment(String timeout, HeldCertificate trusted) {
    return "{mode: approval, webhook: {url: 'https://localhost:%d/decide', timeout: %s, trust: \"%s\"}}"
        .formatted(port(), timeout, trusted.certificatePem().replace("\n", "\\n"));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
