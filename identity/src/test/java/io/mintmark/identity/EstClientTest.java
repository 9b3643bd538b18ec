package io.mintmark.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.identity.testing.TricklingServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real TLS server that asks for a client certificate. */
class EstClientTest {

  private final HeldCertificate root = HeldCertificate.builder().authority(1).build();
  private final HeldCertificate serverCertificate =
      HeldCertificate.builder().dns("localhost").signedBy(root).build();
  private final HeldCertificate device =
      HeldCertificate.builder().commonName("d-1").signedBy(root).build();

  private HttpsServer server;
  private volatile Answer answer = exchange -> respond(exchange, 500, "", null);
  private volatile X509Certificate seen;
  private volatile byte[] received;
  private volatile String path;

  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SSLContext tls = serverCertificate.credential().tlsContext(List.of(root.certificate()));
    server.setHttpsConfigurator(new HttpsConfigurator(tls) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters ssl = tls.getDefaultSSLParameters();
        ssl.setWantClientAuth(true);
        parameters.setSSLParameters(ssl);
      }
    });
    server.createContext("/", exchange -> {
      path = exchange.getRequestURI().getPath();
      received = exchange.getRequestBody().readAllBytes();
      try {
        Certificate[] peer =
            ((com.sun.net.httpserver.HttpsExchange) exchange).getSSLSession().getPeerCertificates();
        seen = (X509Certificate) peer[0];
      } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
        seen = null;
      }
      answer.to(exchange);
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void sendsTheRequestAndReadsTheCertificate() throws Exception {
    byte[] pkcs7 = certsOnly(device.certificate(), root.certificate());
    answer = exchange -> respond(exchange, 200, base64(pkcs7), null);
    byte[] request = CertificateRequest.create(device.keys(), "d-1");
    List<X509Certificate> got = client(shown(), "localhost").simpleEnroll(request);
    assertThat(got).contains(device.certificate());
    assertThat(path).isEqualTo("/.well-known/est/sensors/simpleenroll");
    assertThat(seen).isEqualTo(device.certificate());
    assertThat(Base64.getMimeDecoder().decode(received)).isEqualTo(request);
  }

  @Test
  void completesALeafWithTheIssuersOfCacerts() throws Exception {
    HeldCertificate issuing =
        HeldCertificate.builder().authority(0).signedBy(root).build();
    HeldCertificate leaf = HeldCertificate.builder().signedBy(issuing).build();
    byte[] cacerts = certsOnly(root.certificate(), issuing.certificate());
    answer = exchange -> respond(exchange, 200, base64(cacerts), null);
    EstClient client = client(shown(), "localhost");
    assertThat(client.chain(leaf.keys().getPublic(), List.of(leaf.certificate())))
        .containsExactly(leaf.certificate(), issuing.certificate());
    path = null;
    assertThat(client.chain(
            leaf.keys().getPublic(), List.of(issuing.certificate(), leaf.certificate())))
        .containsExactly(leaf.certificate(), issuing.certificate());
    assertThat(path).as("nothing is asked for that is there").isNull();
    assertThatThrownBy(() -> client.chain(root.keys().getPublic(), List.of(leaf.certificate())))
        .isExactlyInstanceOf(EstException.class)
        .hasMessageContaining("no certificate for the key");
  }

  @Test
  void readsCaCertificatesWithoutShowingOne() throws Exception {
    answer = exchange -> respond(exchange, 200, base64(certsOnly(root.certificate())), null);
    SSLContext anonymous = Credential.anonymousTlsContext(List.of(root.certificate()));
    assertThat(client(anonymous, "localhost").caCertificates()).containsExactly(root.certificate());
    assertThat(seen).isNull();
    assertThat(path).endsWith("/sensors/cacerts");
  }

  @Test
  void aRefusalCarriesStatusAndReasonMadePrintable() {
    answer = exchange -> respond(exchange, 403, "device 'd-1' is\nrevoked", null);
    assertThatThrownBy(() -> client(shown(), "localhost").simpleReenroll(new byte[] {1}))
        .isInstanceOfSatisfying(EstRefusedException.class, e -> {
          assertThat(e.status()).isEqualTo(403);
          assertThat(e.reason()).isEqualTo("device 'd-1' is\\u000arevoked");
        });
  }

  @Test
  void tellsWhatTimeTheServerSaysItIs() throws Exception {
    List<Instant> said = new ArrayList<>();
    Instant began = Instant.now();
    EstClient client = new EstClient(
        base("localhost"),
        shown(),
        Clock.systemUTC(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        (date, asked, chain) -> {
          assertThat(asked).isBetween(began, Instant.now());
          assertThat(chain).containsExactly(serverCertificate.certificate());
          said.add(date);
        });
    answer = exchange -> respond(exchange, 200, base64(certsOnly(root.certificate())), null);
    client.caCertificates();
    answer = exchange -> exchange.sendResponseHeaders(503, -1);
    assertThatThrownBy(() -> client.simpleEnroll(new byte[0]))
        .isInstanceOf(EstRetryLaterException.class);
    assertThat(said)
        .hasSize(2)
        .allSatisfy(date ->
            assertThat(date).isBetween(began.minusSeconds(1), Instant.now().plusSeconds(1)));
  }

  @Test
  void retryAfterIsReadAsSecondsAndAsDate() {
    answer = exchange -> respond(exchange, 503, "busy", "17");
    assertThatThrownBy(() -> client(shown(), "localhost").simpleEnroll(new byte[] {1}))
        .isInstanceOfSatisfying(
            EstRetryLaterException.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(17)));
    answer = exchange -> respond(exchange, 202, "", "Thu, 01 Jan 2026 00:01:00 GMT");
    Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    EstClient client = new EstClient(
        base("localhost"), shown(), clock, Duration.ofSeconds(5), Duration.ofSeconds(5));
    assertThatThrownBy(() -> client.simpleEnroll(new byte[] {1}))
        .isInstanceOfSatisfying(
            EstRetryLaterException.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMinutes(1)));
    answer = exchange -> respond(exchange, 429, "", "soon");
    assertThatThrownBy(() -> client(shown(), "localhost").simpleEnroll(new byte[] {1}))
        .isInstanceOfSatisfying(
            EstRetryLaterException.class, e -> assertThat(e.retryAfter()).isPositive());
  }

  @Test
  void aServerFaultAndAnAnswerThatIsNoneAreRepeatable() {
    answer = exchange -> respond(exchange, 500, "oops", null);
    assertRepeatable();
    answer = exchange -> respond(exchange, 200, "AAAA", null);
    assertThatThrownBy(() -> client(shown(), "localhost").caCertificates())
        .isExactlyInstanceOf(EstAnswerException.class);
    answer = exchange -> respond(exchange, 200, "x".repeat(2 << 20), null);
    assertRepeatable();
    answer = HttpExchange::close;
    assertRepeatable();
  }

  private void assertRepeatable() {
    assertThatThrownBy(() -> client(shown(), "localhost").simpleEnroll(new byte[] {1}))
        .isExactlyInstanceOf(EstException.class);
  }

  @Test
  void aServerOfAnotherNameOrAnotherRootIsNotTrusted() {
    assertThatThrownBy(() -> client(shown(), "127.0.0.1").caCertificates())
        .isInstanceOf(EstException.class);
    HeldCertificate other = HeldCertificate.builder().authority(1).build();
    SSLContext wrongRoot = device.credential().tlsContext(List.of(other.certificate()));
    assertThatThrownBy(() -> client(wrongRoot, "localhost").caCertificates())
        .isInstanceOf(EstException.class);
    assertThat(path).isNull();
  }

  @Test
  void onlyHttpsIsSpoken() {
    assertThatThrownBy(() -> new EstClient(URI.create("http://localhost/x"), shown()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https");
  }

  /** In TLS already: each read finds something in time. */
  @Test
  @Timeout(60)
  void givesAServiceUpThatTrickles() throws Exception {
    try (TricklingServer service = new TricklingServer()) {
      EstClient client = new EstClient(
          EstClient.label(
              URI.create("https://localhost:" + service.port()), new FleetId("sensors")),
          shown(),
          Clock.systemUTC(),
          Duration.ofSeconds(5),
          Duration.ofMillis(200));
      assertThatThrownBy(client::caCertificates).hasStackTraceContaining("SocketTimeoutException");
    }
  }

  private SSLContext shown() {
    return device.credential().tlsContext(List.of(root.certificate()));
  }

  private EstClient client(SSLContext tls, String host) {
    return new EstClient(base(host), tls);
  }

  private URI base(String host) {
    URI service = URI.create("https://" + host + ":" + server.getAddress().getPort());
    return EstClient.label(service, new FleetId("sensors"));
  }

  private static byte[] certsOnly(X509Certificate... certificates) throws IOException {
    try {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      generator.addCertificates(new JcaCertStore(List.of(certificates)));
      return generator.generate(new CMSAbsentContent()).getEncoded();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getMimeEncoder().encodeToString(bytes);
  }

  private static void respond(HttpExchange exchange, int status, String body, String retryAfter)
      throws IOException {
    if (retryAfter != null) {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
