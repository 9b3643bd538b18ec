package io.mintmark.broker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.mintmark.identity.ApplicationPolicy;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Denial;
import io.mintmark.identity.DeviceAttributes;
import io.mintmark.identity.FeedEntry;
import io.mintmark.identity.FeedMemory;
import io.mintmark.identity.FeedPage;
import io.mintmark.identity.FleetPolicy;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import io.mintmark.identity.PublishGrant;
import io.mintmark.identity.SessionEvent;
import io.mintmark.identity.SessionReport;
import io.mintmark.identity.SubscribeGrant;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.testing.FreePort;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.ShownCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

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
  private final ShownCertificate shown;
  private volatile List<X509Certificate> caCertificates = List.of();
  private volatile Function<PublicKey, HeldCertificate> issuer;
  private volatile boolean losingAnswers;
  private final List<BigInteger> enrolments = new CopyOnWriteArrayList<>();
  private final Map<BigInteger, HeldCertificate> enrolled = new ConcurrentHashMap<>();
  private volatile String wish;
  private volatile BigInteger lastBroker;
  private final List<SessionEvent> reported = new CopyOnWriteArrayList<>();
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
  private boolean lost;
  private int failAt = -1;
  private final List<FeedMemory> memories = new ArrayList<>();

  FakeFeed(TestPki pki) throws Exception {
    shown = new ShownCertificate(pki.service().credential());
    tls = SSLContext.getInstance("TLS");
    tls.init(
        new KeyManager[] {shown}, new TrustManager[] {Credential.trustManager(pki.roots())}, null);
  }

  /** New connections meet this certificate. */
  void show(Credential service) {
    shown.show(service);
  }

  /** Listens; on the same port as before if it did before. */
  synchronized FakeFeed start() throws IOException {
    if (port == 0) {
      port = FreePort.find();
    }
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
    server.createContext("/v1/sessions", this::sessions);
    server.createContext("/v1/renewal-info/", this::renewalInfo);
    server.createContext("/.well-known/est/cacerts", this::caCertificates);
    server.createContext("/.well-known/est/simplereenroll", this::reenroll);
    server.createContext("/.well-known/est/simpleenroll", this::enroll);
    server.start();
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

  private void sessions(HttpExchange exchange) throws IOException {
    SessionReport report =
        FeedJson.MAPPER.readValue(exchange.getRequestBody(), SessionReport.class);
    reported.addAll(report.events());
    answer(exchange, 200, "{\"list\":false}");
  }

  /** What brokers have reported, in order. */
  List<SessionEvent> reported() {
    return reported;
  }

  private void caCertificates(HttpExchange exchange) throws IOException {
    answer(exchange, 200, base64(caCertificates));
  }

  private void renewalInfo(HttpExchange exchange) throws IOException {
    String window = wish;
    answer(exchange, window == null ? 404 : 200, window == null ? "unknown" : window);
  }

  private void reenroll(HttpExchange exchange) throws IOException {
    Function<PublicKey, HeldCertificate> by = issuer;
    if (by == null) {
      answer(exchange, 500, "no certificates today");
      return;
    }
    byte[] request = Base64.getMimeDecoder().decode(exchange.getRequestBody().readAllBytes());
    answer(exchange, 200, base64(List.of(by.apply(key(request)).certificate())));
  }

  private static PublicKey key(byte[] request) throws IOException {
    try {
      return new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(request))
          .getPublicKey();
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** One certificate for each invitation, given again for the same key. */
  private void enroll(HttpExchange exchange) throws IOException {
    byte[] request = Base64.getMimeDecoder().decode(exchange.getRequestBody().readAllBytes());
    X509Certificate invitation =
        (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
    PublicKey key = key(request);
    enrolments.add(invitation.getSerialNumber());
    HeldCertificate issued =
        enrolled.computeIfAbsent(invitation.getSerialNumber(), i -> issuer.apply(key));
    if (!issued.certificate().getPublicKey().equals(key)) {
      answer(exchange, 403, "the invitation was used");
    } else if (losingAnswers) {
      exchange.close();
    } else {
      answer(exchange, 200, base64(List.of(issued.certificate())));
    }
  }

  /** The invitations that were shown, by their serials. */
  List<BigInteger> enrolments() {
    return enrolments;
  }

  /** Certificates are made from now on, and their answers do not arrive. */
  void loseAnswers(boolean lose) {
    losingAnswers = lose;
  }

  private static String base64(List<X509Certificate> certificates) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Pem.Block block : Pem.blocks(Pem.encode(certificates))) {
      all.writeBytes(block.der());
    }
    return Base64.getMimeEncoder().encodeToString(all.toByteArray());
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Renews the broker's certificate in this way from now on; null for not at all. */
  void issue(Function<PublicKey, HeldCertificate> by, HeldCertificate... cas) {
    caCertificates = Arrays.stream(cas).map(HeldCertificate::certificate).toList();
    issuer = by;
  }

  /** When certificates should be renewed from now on. */
  void wish(Instant start, Instant end) {
    wish = "{\"suggestedWindow\":{\"start\":\"" + start + "\",\"end\":\"" + end + "\"}}";
  }

  /** The certificate the broker showed when it last asked for the feed. */
  BigInteger lastBroker() {
    return lastBroker;
  }

  private void answer(HttpExchange exchange) throws IOException {
    lastBroker = ((X509Certificate)
            ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0])
        .getSerialNumber();
    try (exchange) {
      if (exchange.getRequestMethod().equals("POST")) {
        remember(FeedJson.MAPPER.readValue(exchange.getRequestBody(), FeedMemory.class));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      Map<String, String> query = Stream.of(exchange.getRequestURI().getQuery().split("&"))
          .map(pair -> pair.split("=", 2))
          .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
      Object answer = page(Long.parseLong(query.get("after")), Long.parseLong(query.get("wait")));
      byte[] body = answer instanceof FeedPage
          ? FeedJson.MAPPER.writeValueAsBytes(answer)
          : answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(
          answer instanceof Refused refused ? refused.status() : 200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Refused(int status, String toText) {
    @Override
    public String toString() {
      return toText;
    }
  }

  private synchronized Object page(long after, long waitSeconds) throws InterruptedException {
    requests.add("after=" + after + " wait=" + waitSeconds);
    notifyAll();
    if (lost) {
      boolean told = !memories.isEmpty() && memories.get(memories.size() - 1).last();
      return told ? new Refused(503, "wait") : new Refused(428, "tell");
    }
    if (after > head) {
      return new Refused(409, "the feed ends at " + head);
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
        entries.tailMap(after, false).values().stream().limit(pageSize).toList(),
        "place-" + feedId);
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
    if (e.attributes() != null) {
      return "attributes " + e.attributes().device();
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

  void fleet(String fleet, List<PublishGrant> publish, List<SubscribeGrant> subscribe) {
    fleet(new FleetPolicy(fleet, "${device}", TopicGrants.of(publish, subscribe), false));
  }

  void attributes(String fleet, String device, Map<String, String> values) {
    FeedEntry entry = FeedEntry.of(next(), new DeviceAttributes(device, fleet, values));
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
    bundle(Bundle.of(anchors));
  }

  void bundle(Bundle bundle) {
    FeedEntry entry = new FeedEntry(next(), null, null, null, bundle);
    append(subject(entry), entry);
  }

  /** The sequence number of what it says last. */
  synchronized long head() {
    return head;
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

  private synchronized void remember(FeedMemory part) throws IOException {
    if (memories.size() == failAt) {
      failAt = -1;
      throw new IOException("this part is lost");
    }
    memories.add(part);
  }

  /** Wants to be told what brokers remember, until it has not lost it any more. */
  synchronized void lost(boolean nowLost) {
    lost = nowLost;
    notifyAll();
  }

  /** Drops the connection of the part of this number, once. */
  synchronized void failAt(int part) {
    failAt = part;
  }

  synchronized List<FeedMemory> memories() {
    return List.copyOf(memories);
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
