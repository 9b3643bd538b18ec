package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.javalin.config.RoutesConfig;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.limits.Limits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One port with routes of the test's own, over real TLS: limits, errors and certificates. */
class HttpsServerIT {

  private static final HeldCertificate ROOT =
      HeldCertificate.builder().commonName("root").authority(1).build();
  private static final HeldCertificate SERVER = server("first");
  private static final HeldCertificate CLIENT =
      HeldCertificate.builder().commonName("some-client").build();

  private static ServerTls tls;
  private static HttpsServer server;

  private static HeldCertificate server(String name) {
    return HeldCertificate.builder()
        .commonName(name)
        .dns("localhost")
        .ip("127.0.0.1")
        .signedBy(ROOT)
        .build();
  }

  @BeforeAll
  static void start() throws StartException {
    tls = ServerTls.askingForCertificates(SERVER.credential(), () -> false);
    server = HttpsServer.start(
        options(0), tls, HttpsServer.threads("test", Limits.DEFAULT), HttpsServerIT::routes);
  }

  private static HttpsServer.Options options(int port) {
    return new HttpsServer.Options(
        "test",
        "127.0.0.1",
        port,
        List.of("GET", "POST"),
        ErrorFormat.TEXT,
        null,
        Limits.DEFAULT,
        System::nanoTime);
  }

  private static void routes(RoutesConfig routes) {
    routes.get("/a/{name}/b", ctx -> ctx.result("name=" + ctx.pathParam("name")));
    routes.get("/peer", ctx -> ctx.result(PeerCertificates.describe(ctx)));
    routes.post(
        "/body",
        ctx -> ctx.result(
            "read " + RequestBody.bytes(ctx, 1000, List.of("application/pkcs10")).length));
    routes.get("/broken", ctx -> {
      throw new IllegalStateException("secret inside");
    });
    routes.get("/overflow", ctx -> {
      throw new StackOverflowError("secret inside");
    });
    routes.get("/later", ctx -> {
      throw new Refusal(Refusal.Kind.LATER, "the registry is busy");
    });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static SSLContext anonymous() {
    return Credential.anonymousTlsContext(List.of(ROOT.certificate()));
  }

  private static RawHttps client() {
    return new RawHttps(server.port(), anonymous());
  }

  private static RawHttps client(HeldCertificate held) {
    return new RawHttps(server.port(), held.credential().tlsContext(List.of(ROOT.certificate())));
  }

  @Test
  void answersWithoutSayingWhatSoftwareItIs() throws Exception {
    RawHttps.Answer answer = client().get("/a/x/b");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("name=x");
    assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by", "set-cookie");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/x%2Fy/b",
        "/a/%2e%2e/b",
        "/a/../b",
        "/a/./b",
        "/a//b",
        "/a/x/b/",
        "/a/x;p=1/b",
        "/a/x%61/b",
        "/A/x/b",
        "/a/x/B",
        "//a/x/b",
        "/a/x\\y/b",
        "/a/x/b/../b",
        "/nowhere",
        "/",
        "/a/%00/b",
        "/a/%252e/b",
        "/a/x/b%20"
      })
  void findsNothingAtAPathThatIsNotExactlyOurs(String path) throws Exception {
    RawHttps.Answer answer = client().get(path);
    assertThat(answer.status()).isIn(404, 400);
    assertOneLine(answer);
    if (!path.contains("\\") && !path.contains("%00")) {
      assertThat(answer.status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?a=%zz", "?a=%", "?a=%4", "?%g0=1"})
  void refusesAQueryItCannotDecode(String query) throws Exception {
    RawHttps.Answer answer = client().get("/a/x/b" + query);
    assertThat(answer.status()).isEqualTo(400);
    assertOneLine(answer);
    assertThat(client().get("/a/x/b?a=%41&b=%2F").status()).isEqualTo(200);
  }

  @Test
  void namesTheMethodsAPathHas() throws Exception {
    RawHttps.Answer answer = client().get("/body");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("POST");
    assertOneLine(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "DELETE", "OPTIONS", "TRACE", "BEFORE", "M-SEARCH", "get"})
  void refusesMethodsItHasNoUseFor(String method) throws Exception {
    RawHttps.Answer answer = client().send(method, "/a/x/b", null);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("GET, POST");
  }

  @Test
  void limitsABodyWhoseLengthIsAnnounced() throws Exception {
    assertThat(client().post("/body", "application/pkcs10", new byte[1000]).body())
        .isEqualTo("read 1000");
    RawHttps.Answer answer = client().post("/body", "application/pkcs10", new byte[1001]);
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.body()).contains("1000 bytes");
    assertOneLine(answer);
  }

  @Test
  void limitsABodyInChunks() throws Exception {
    String chunk = "100\r\n" + "x".repeat(256) + "\r\n";
    String request = String.join(
        "\r\n",
        "POST /body HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        "Content-Type: application/pkcs10",
        "Transfer-Encoding: chunked",
        "",
        "");
    assertThat(client()
            .raw((request + chunk.repeat(3) + "0\r\n\r\n").getBytes(ISO_8859_1))
            .body())
        .isEqualTo("read 768");
    RawHttps.Answer answer =
        client().raw((request + chunk.repeat(400) + "0\r\n\r\n").getBytes(ISO_8859_1));
    assertThat(answer.status()).isEqualTo(413);
    assertOneLine(answer);
  }

  @Test
  void takesAClientThatHangsUpForAnEverydayThing() throws Exception {
    LogLines log = new LogLines();
    log.attach();
    try {
      try (SSLSocket socket = client().connect()) {
        String head = "POST /body HTTP/1.1|Host: l|Content-Type: application/pkcs10|"
            + "Content-Length: 900||only the beginning";
        socket.getOutputStream().write(head.replace("|", "\r\n").getBytes(UTF_8));
      }
      await().until(() -> !log.lines().isEmpty());
      assertThat(log.lines()).hasSize(1).allMatch(line -> line.startsWith("INFO"));
    } finally {
      log.detach();
    }
  }

  @Test
  void asksForTheMediaTypeOfTheRoute() throws Exception {
    assertThat(client()
            .post("/body", "Application/PKCS10; charset=utf-8", new byte[] {1})
            .status())
        .isEqualTo(200);
    for (RawHttps.Answer answer : List.of(
        client().post("/body", "text/plain", new byte[] {1}),
        client().send("POST", "/body", new byte[] {1}))) {
      assertThat(answer.status()).isEqualTo(415);
      assertThat(answer.body()).contains("application/pkcs10");
      assertOneLine(answer);
    }
    assertThat(client().post("/body", "application/pkcs10", new byte[0]).status())
        .isEqualTo(400);
  }

  @Test
  void limitsHeaders() throws Exception {
    LogLines log = new LogLines();
    log.attach();
    try {
      RawHttps.Answer answer = client().get("/a/x/b", "X-Long: " + "y".repeat(9000));
      assertThat(answer.status()).isEqualTo(431);
      assertOneLine(answer);
      assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("refused with 431"));
    } finally {
      log.detach();
    }
  }

  @Test
  void refusesWhatIsNotHttp() throws Exception {
    RawHttps.Answer answer = client().raw("nonsense\r\n\r\n".getBytes(UTF_8));
    assertThat(answer.status()).isEqualTo(400);
    assertOneLine(answer);
  }

  @Test
  void opensNoWebSocket() throws Exception {
    RawHttps.Answer answer = client()
        .get(
            "/a/x/b",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(answer.status()).isIn(400, 404);
    assertOneLine(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/broken", "/overflow"})
  void tellsNobodyButTheLogWhatBroke(String path) throws Exception {
    LogLines log = new LogLines();
    log.attach();
    try {
      RawHttps.Answer answer = client().get(path);
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
      assertOneLine(answer);
      assertThat(log.lines()).hasSize(1).allMatch(line -> line.startsWith("ERROR"));
    } finally {
      log.detach();
    }
  }

  @Test
  void saysWhenToComeBack() throws Exception {
    RawHttps.Answer answer = client().get("/later");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).matches("[0-9]+");
    assertThat(answer.body()).isEqualTo("the registry is busy\n");
  }

  @Test
  void handsAnyCertificateToTheRoute() throws Exception {
    assertThat(client().get("/peer").body()).isEqualTo("none");
    assertThat(client(CLIENT).get("/peer").body()).isEqualTo("'CN=some-client'");
    HeldCertificate svid = HeldCertificate.builder()
        .uri("spiffe://example.org/fleet/f/device/d-1")
        .signedBy(ROOT)
        .build();
    assertThat(client(svid).get("/peer").body())
        .isEqualTo("spiffe://example.org/fleet/f/device/d-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesNoSessionAndSoKnowsTheCertificateOfNow(String protocol) throws Exception {
    SwitchingKeyManager keys = new SwitchingKeyManager();
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("root", ROOT.certificate());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(new KeyManager[] {keys}, trust.getTrustManagers(), null);
    RawHttps client = new RawHttps(server.port(), context);

    assertThat(client.get("/peer").body()).isEqualTo("none");
    keys.shown = CLIENT.credential();
    assertThat(client.get("/peer").body()).isEqualTo("'CN=some-client'");
    keys.shown = HeldCertificate.builder().commonName("renewed").build().credential();
    assertThat(client.get("/peer").body()).isEqualTo("'CN=renewed'");
    keys.shown = null;
    assertThat(client.get("/peer").body()).isEqualTo("none");
  }

  /** A ticket that nobody could use would cost both sides, and say more than it should. */
  @Test
  void givesAKnownClientNoTicket() throws Exception {
    SSLContext context = CLIENT.credential().tlsContext(List.of(ROOT.certificate()));
    RawHttps client = new RawHttps(server.port(), context);
    assertThat(client.get("/peer").body()).isEqualTo("'CN=some-client'");
    // The client's own session alone: a ticket would be there as another, with an id of its own.
    assertThat(Collections.list(context.getClientSessionContext().getIds())).hasSize(1);
  }

  @Test
  void speaksTls12And13AndNothingOlder() throws Exception {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (SSLSocket socket = client().connect()) {
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      }
    }
    assertThat(tls.factory().newSSLEngine().getEnabledProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
  }

  @Test
  void showsAnotherCredentialFromTheNextConnectionOn() throws Exception {
    HeldCertificate next = server("second");
    try (SSLSocket before = client().connect()) {
      before.startHandshake();
      tls.use(next.credential());
      assertThat(shownTo(client())).isEqualTo(next.certificate());
      // The connection that was there still answers.
      before
          .getOutputStream()
          .write("GET /a/x/b HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
      assertThat(RawHttps.parse(RawHttps.readAll(before.getInputStream())).status())
          .isEqualTo(200);
    } finally {
      tls.use(SERVER.credential());
    }
    assertThat(shownTo(client())).isEqualTo(SERVER.certificate());
  }

  private static X509Certificate shownTo(RawHttps client) throws Exception {
    try (SSLSocket socket = client.connect()) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void namesAPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> HttpsServer.start(
              options(taken.getLocalPort()),
              ServerTls.askingForCertificates(SERVER.credential(), () -> false),
              HttpsServer.threads("taken", Limits.DEFAULT),
              HttpsServerIT::routes))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void turnsPlainHttpAway() {
    assertThatThrownBy(() -> {
          try (SSLSocket socket = new RawHttps(
                  server.port(), Credential.anonymousTlsContext(List.of(CLIENT.certificate())))
              .connect()) {
            socket.startHandshake();
          }
        })
        .isInstanceOf(SSLHandshakeException.class);
  }

  private static void assertOneLine(RawHttps.Answer answer) {
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    String body = new String(answer.bytes(), StandardCharsets.UTF_8);
    assertThat(body).endsWith("\n").hasLineCount(1).doesNotContain("<");
  }
}
