package io.mintmark.device;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.ShownCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * An EST server on real mutual TLS that issues, and misbehaves when told to. Its clock dates what it
 * issues and each of its answers.
 */
final class FakeEst implements AutoCloseable {

  /**
   * A request that came.
   *
   * @param operation the last part of its path
   * @param shown the client's certificate
   * @param key the key to certify
   */
  record Request(String operation, X509Certificate shown, PublicKey key) {}

  /** What to do instead of answering. */
  interface Mischief {
    /** Whether it dealt with the exchange. */
    boolean with(HttpExchange exchange) throws IOException;
  }

  static final Mischief NONE = exchange -> false;

  /**
   * A device's word for what it trusts.
   *
   * @param bundle the fingerprint
   * @param shown the client's certificate
   */
  record Report(String bundle, X509Certificate shown) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  final List<Report> reports = new CopyOnWriteArrayList<>();
  final AtomicInteger caRequests = new AtomicInteger();
  final AtomicInteger toldRenewal = new AtomicInteger();
  volatile List<X509Certificate> caCertificates;
  volatile Runnable onReport = () -> {};
  volatile Mischief before = NONE;
  volatile Mischief after = NONE;
  volatile Clock clock = Clock.systemUTC();

  /** Dates the answers alone, where it is not null. */
  volatile Clock dates;

  volatile Duration lifetime = Duration.ofHours(1);

  /** How long a certificate that has expired may be renewed. */
  volatile Duration grace = Duration.ZERO;

  private final ShownCertificate shown;
  private final TestPki pki;
  private final DatedHttpsServer server;
  private final Map<PublicKey, X509Certificate> issued = new ConcurrentHashMap<>();

  FakeEst(TestPki pki) throws IOException, GeneralSecurityException {
    this.pki = pki;
    caCertificates = List.of(pki.root.certificate(), pki.issuing.certificate());
    shown = new ShownCertificate(pki.server.credential());
    SSLContext tls = SSLContext.getInstance("TLS");
    TrustManager clients = pki.clients(List.of(pki.root.certificate(), pki.factory.certificate()));
    tls.init(new KeyManager[] {shown}, new TrustManager[] {clients}, null);
    server = new DatedHttpsServer(tls, this::told);
    server.on("/.well-known/est/" + TestPki.FLEET, this::answer);
  }

  /** Shows another certificate from the next whole handshake on. */
  void show(Credential credential) {
    shown.show(credential);
  }

  /** Takes reports, as our service does and others do not. */
  void takeReports() {
    server.on("/v1/bundle", exchange -> {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        onReport.run();
        reports.add(new Report(new String(body, StandardCharsets.US_ASCII), shown(exchange)));
        respond(exchange, 200, "current\n".getBytes(StandardCharsets.UTF_8));
      }
    });
  }

  /** Gives renewal information, as our service does: a window that is far off, and these roots. */
  void tellRenewal(List<X509Certificate> roots) {
    Instant day = clock.instant().plus(Duration.ofDays(1));
    String json = "{\"suggestedWindow\":{\"start\":\"%s\",\"end\":\"%s\"},\"bundle\":\"%s\"}"
        .formatted(day, day.plusSeconds(60), Bundle.fingerprint(roots));
    server.on("/v1/renewal-info", exchange -> {
      try (exchange) {
        toldRenewal.incrementAndGet();
        respond(exchange, 200, json.getBytes(StandardCharsets.UTF_8));
      }
    });
  }

  URI uri() {
    return URI.create("https://localhost:" + server.port());
  }

  /** Answers with a status and one line of text. */
  static Mischief refuse(int status, String reason) {
    return exchange -> {
      respond(exchange, status, reason.getBytes(StandardCharsets.UTF_8));
      return true;
    };
  }

  /** Issues, and then closes the connection without a word; once. */
  void loseNextAnswer() {
    after = exchange -> {
      after = NONE;
      exchange.close();
      return true;
    };
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (before.with(exchange)) {
        return;
      }
      String path = exchange.getRequestURI().getPath();
      String operation = path.substring(path.lastIndexOf('/') + 1);
      if (operation.equals("cacerts")) {
        caRequests.incrementAndGet();
        respond(exchange, caCertificates);
        return;
      }
      JcaPKCS10CertificationRequest csr =
          new JcaPKCS10CertificationRequest(Base64.getMimeDecoder().decode(body));
      String device = IETFUtils.valueToString(
          csr.getSubject().getRDNs(BCStyle.CN)[0].getFirst().getValue());
      requests.add(new Request(operation, shown(exchange), csr.getPublicKey()));
      if (operation.equals("simplereenroll")
          && told().instant().isAfter(shown(exchange).getNotAfter().toInstant().plus(grace))) {
        refuse(403, "the operational certificate expired").with(exchange);
        return;
      }
      X509Certificate leaf =
          issued.computeIfAbsent(csr.getPublicKey(), key -> issue(device, key).certificate());
      if (!after.with(exchange)) {
        respond(exchange, List.of(leaf, pki.issuing.certificate()));
      }
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private HeldCertificate issue(String device, PublicKey key) {
    Instant now = clock.instant();
    return pki.operational(device, key, now.minus(Duration.ofMinutes(1)), now.plus(lifetime));
  }

  /** The client's certificate, if it showed one. */
  static List<X509Certificate> shownIn(HttpExchange exchange) {
    X509Certificate shown = shown(exchange);
    return shown == null ? List.of() : List.of(shown);
  }

  private Clock told() {
    return dates == null ? clock : dates;
  }

  private static X509Certificate shown(HttpExchange exchange) {
    try {
      return (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  private static void respond(HttpExchange exchange, List<X509Certificate> certificates)
      throws Exception {
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addCertificates(new JcaCertStore(certificates));
    byte[] der = generator.generate(new CMSAbsentContent()).getEncoded();
    respond(exchange, 200, Base64.getMimeEncoder().encode(der));
  }

  private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.close();
  }
}
