package io.mintmark.broker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Denial;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * The provisioning service as far as a broker knows it: {@code GET /v1/feed} with real mutual TLS
 * and parked requests. It can be stopped, started again on its port, and lose its memory.
 */
final class FakeFeed implements AutoCloseable {

  static {
    // Otherwise each answer may wait 40 ms for the acknowledgement of its header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final SSLContext tls;
  private final TreeMap<Long, FeedEntry> entries = new TreeMap<>();
  private final List<String> requests = new ArrayList<>();
  private HttpsServer server;
  private ExecutorService threads;
  private int port;
  private long head;
  private String feedId = "feed-1";
  private String trustDomain = TestPki.TRUST_DOMAIN;
  private int pageSize = 200;
  private String broken;

  FakeFeed(TestPki pki) throws Exception {
    tls = serverContext(pki.service(), pki.anchors());
  }

  private static SSLContext serverContext(HeldCertificate own, List<X509Certificate> anchors)
      throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "service", own.keys().getPrivate(), new char[0], own.chain().toArray(new Certificate[0]));
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (X509Certificate anchor : anchors) {
      trusted.setCertificateEntry(Pem.fingerprint(anchor.getEncoded()), anchor);
    }
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  /** Listens; on the same port as before if it did before. */
  synchronized FakeFeed start() throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters mutual = getSSLContext().getDefaultSSLParameters();
        mutual.setNeedClientAuth(true);
        parameters.setSSLParameters(mutual);
      }
    });
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/v1/feed", this::answer);
    server.start();
    port = server.getAddress().getPort();
    return this;
  }

  synchronized void stop() {
    if (server != null) {
      server.stop(0);
      threads.shutdownNow();
      server = null;
      notifyAll();
    }
  }

  @Override
  public void close() {
    stop();
  }

  synchronized URI uri() {
    return URI.create("https://localhost:" + port);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, Long> query = Stream.of(exchange.getRequestURI().getQuery().split("&"))
          .map(pair -> pair.split("=", 2))
          .collect(Collectors.toMap(pair -> pair[0], pair -> Long.valueOf(pair[1])));
      Object answer = page(query.get("after"), query.get("wait"));
      byte[] body = answer instanceof FeedPage
          ? FeedJson.MAPPER.writeValueAsBytes(answer)
          : answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer instanceof Conflict ? 409 : 200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Conflict(String toText) {
    @Override
    public String toString() {
      return toText;
    }
  }

  private synchronized Object page(long after, long waitSeconds) throws InterruptedException {
    requests.add("after=" + after + " wait=" + waitSeconds);
    notifyAll();
    if (after > head) {
      return new Conflict("the feed ends at " + head);
    }
    long end = System.nanoTime() + waitSeconds * 1_000_000_000L;
    while (server != null && broken == null && after == head && System.nanoTime() < end) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    if (broken != null) {
      return broken;
    }
    return new FeedPage(
        feedId,
        trustDomain,
        head,
        entries.tailMap(after, false).values().stream().limit(pageSize).toList());
  }

  private synchronized void append(Object subject, FeedEntry entry) {
    entries.values().removeIf(e -> subject(e).equals(subject));
    entries.put(entry.sequence(), entry);
    head = entry.sequence();
    notifyAll();
  }

  private static Object subject(FeedEntry e) {
    if (e.fleet() != null) {
      return "fleet " + e.fleet().fleet();
    }
    if (e.application() != null) {
      return "application " + e.application().application();
    }
    return e.denial() != null ? e.denial().scope() + e.denial().subject() : "bundle";
  }

  void fleet(FleetPolicy policy) {
    FeedEntry entry = new FeedEntry(next(), policy, null, null, null);
    append(subject(entry), entry);
  }

  void fleet(String fleet, String publish, String subscribe) {
    TopicGrants grants = new TopicGrants(List.of(publish), List.of(subscribe));
    fleet(new FleetPolicy(fleet, "${device}", grants, false));
  }

  void application(String name, List<String> publish, List<String> subscribe) {
    ApplicationPolicy policy =
        new ApplicationPolicy(name, new TopicGrants(publish, subscribe), false);
    FeedEntry entry = new FeedEntry(next(), null, policy, null, null);
    append(subject(entry), entry);
  }

  void deny(Denial denial) {
    FeedEntry entry = new FeedEntry(next(), null, null, denial, null);
    append(subject(entry), entry);
  }

  /** Has nothing read before all of it is appended. */
  synchronized void together(Runnable appends) {
    appends.run();
  }

  void deny(String spiffeId, String reason) {
    deny(Denial.ofIdentity(Identity.parse(spiffeId), reason));
  }

  void bundle(List<X509Certificate> anchors) {
    FeedEntry entry = new FeedEntry(next(), null, null, null, Bundle.of(anchors));
    append(subject(entry), entry);
  }

  private synchronized long next() {
    return head + 1;
  }

  /** A registry that begins anew, under this id. */
  synchronized void forgetEverything(String newFeedId) {
    entries.clear();
    head = 0;
    feedId = newFeedId;
    notifyAll();
  }

  synchronized void trustDomain(String name) {
    trustDomain = name;
  }

  synchronized void pageSize(int size) {
    pageSize = size;
  }

  /** Answers this text from now on; null to answer pages again. */
  synchronized void broken(String text) {
    broken = text;
    notifyAll();
  }

  synchronized List<String> requests() {
    return List.copyOf(requests);
  }
}
