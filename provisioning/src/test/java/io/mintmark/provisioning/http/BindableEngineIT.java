package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.RoutesConfig;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.ForeignPrograms;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.TestKeys;
import io.mintmark.provisioning.limits.Limits;
import io.mintmark.provisioning.tls.BindableEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A port whose connections tell their channel bindings, and clients that know nothing of it. */
class BindableEngineIT {

  private static final HeldCertificate ROOT =
      HeldCertificate.builder().commonName("root").authority(1).build();
  private static final HeldCertificate SERVER = server("first");

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
  static void start() throws Exception {
    tls = ServerTls.askingForCertificates(SERVER.credential(), () -> true);
    server = HttpsServer.start(
        new HttpsServer.Options(
            "test",
            "127.0.0.1",
            0,
            List.of("GET", "POST"),
            ErrorFormat.TEXT,
            null,
            longBodies(),
            System::nanoTime),
        tls,
        HttpsServer.threads("bindable", Limits.DEFAULT),
        BindableEngineIT::routes);
  }

  private static Limits longBodies() {
    Limits or = Limits.DEFAULT;
    return new Limits(
        new Limits.Bytes(or.bytes().headers(), 16 * 1024 * 1024, or.bytes().manifest()),
        or.timeouts(),
        or.connections(),
        or.rates(),
        or.exempt(),
        or.requests(),
        or.feed());
  }

  private static void routes(RoutesConfig routes) {
    routes.get("/peer", ctx -> ctx.result(PeerCertificates.describe(ctx)));
    routes.get("/binding/{kind}", ctx -> {
      byte[] binding = ConnectionBindings.of(ctx).get(ctx.pathParam("kind"));
      ctx.result(binding == null ? "none" : Base64.getEncoder().encodeToString(binding));
    });
    routes.post(
        "/echo",
        ctx -> ctx.result(RequestBody.bytes(ctx, 1 << 20, List.of("application/octet-stream"))));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawHttps client(SSLContext context) {
    return new RawHttps(server.port(), context);
  }

  private static RawHttps anonymous() {
    return client(Credential.anonymousTlsContext(List.of(ROOT.certificate())));
  }

  private static String get(SSLContext context, String protocol, String path) throws IOException {
    try (SSLSocket socket = client(context).connect()) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket
          .getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n")
              .getBytes(UTF_8));
      String answer = RawHttps.parse(RawHttps.readAll(socket.getInputStream())).body();
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      return answer;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ec-p256, TLSv1.2", "ec-p256, TLSv1.3",
    "ec-p384, TLSv1.2", "ec-p384, TLSv1.3",
    "ec-p521, TLSv1.2", "ec-p521, TLSv1.3",
    "rsa-2048, TLSv1.2", "rsa-2048, TLSv1.3",
    "ed25519, TLSv1.2", "ed25519, TLSv1.3"
  })
  void handsCertificatesOfEveryKindOfKeyToTheRoute(String kind, String protocol) throws Exception {
    HeldCertificate held = HeldCertificate.builder()
        .commonName("some-client")
        .keys(TestKeys.of(kind))
        .build();
    SSLContext context = held.credential().tlsContext(List.of(ROOT.certificate()));
    assertThat(get(context, protocol, "/peer")).isEqualTo("'CN=some-client'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void goesOnWithoutACertificate(String protocol) throws Exception {
    SSLContext context = Credential.anonymousTlsContext(List.of(ROOT.certificate()));
    assertThat(get(context, protocol, "/peer")).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void takesNoCertificateWithoutItsKey(String protocol) {
    SwitchingKeyManager keys = new SwitchingKeyManager() {
      @Override
      public PrivateKey getPrivateKey(String alias) {
        return TestKeys.of("ec-p256").getPrivate();
      }
    };
    keys.shown = HeldCertificate.builder().commonName("stolen").build().credential();
    assertThatThrownBy(() -> get(context(keys), protocol, "/peer")).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesNoSessionAndSoKnowsTheCertificateOfNow(String protocol) throws Exception {
    SwitchingKeyManager keys = new SwitchingKeyManager();
    SSLContext context = context(keys);
    assertThat(get(context, protocol, "/peer")).isEqualTo("none");
    String bindingBefore = get(context, protocol, "/binding/tls-exporter");
    keys.shown = HeldCertificate.builder().commonName("now").build().credential();
    assertThat(get(context, protocol, "/peer")).isEqualTo("'CN=now'");
    keys.shown = null;
    assertThat(get(context, protocol, "/peer")).isEqualTo("none");
    assertThat(get(context, protocol, "/binding/tls-exporter")).isNotEqualTo(bindingBefore);
  }

  private static SSLContext context(SwitchingKeyManager keys) throws Exception {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("root", ROOT.certificate());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void renegotiatesNothing() throws Exception {
    try (SSLSocket socket = anonymous().connect()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
      assertThatThrownBy(() -> {
            socket.startHandshake();
            RawHttps.readAll(socket.getInputStream());
          })
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void carriesLongBodiesBothWays() throws Exception {
    byte[] body = new byte[1 << 20];
    new Random(7).nextBytes(body);
    for (int length : new int[] {1, 16_383, 16_384, 16_385, 1 << 20}) {
      byte[] part = Arrays.copyOf(body, length);
      assertThat(anonymous().post("/echo", "application/octet-stream", part).bytes())
          .isEqualTo(part);
    }
  }

  @Test
  void allowsNoMoreThanTheJdksEngines() throws Exception {
    SSLEngine engine = tls.factory().newSSLEngine();
    assertThat(engine).isInstanceOf(BindableEngine.class);
    ServerTls jdk = ServerTls.withoutClientCertificates(SERVER.credential());
    jdk.factory().start();
    try {
      SSLEngine other = jdk.factory().newSSLEngine();
      assertThat(other.getEnabledProtocols())
          .containsExactlyInAnyOrder(engine.getEnabledProtocols());
      assertThat(other.getEnabledCipherSuites()).contains(engine.getEnabledCipherSuites());
    } finally {
      jdk.factory().stop();
    }
  }

  @Test
  void saysInAnAlertThatNoCipherSuiteFits() throws Exception {
    try (SSLSocket socket = anonymous().connect()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"});
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining("handshake_failure");
    }
  }

  @Test
  void showsAnotherCredentialFromTheNextConnectionOn() throws Exception {
    HeldCertificate next = server("second");
    tls.use(next.credential());
    try (SSLSocket socket = anonymous().connect()) {
      socket.startHandshake();
      assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(next.certificate());
    } finally {
      tls.use(SERVER.credential());
    }
  }

  @Test
  void tellsTheExporterThatOpensslComputes(@TempDir Path folder) throws Exception {
    ForeignPrograms.require("openssl", "sh");
    Files.writeString(
        folder.resolve("request"),
        "GET /binding/tls-exporter HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n");
    String output = new Shell(folder)
        .run(
            "sh",
            "-c",
            "openssl s_client -connect 127.0.0.1:" + server.port()
                + " -tls1_3 -ign_eof -keymatexport EXPORTER-Channel-Binding -keymatexportlen 32"
                + " <request");
    Matcher material = Pattern.compile("Keying material: ([0-9A-F]{64})").matcher(output);
    assertThat(material.find()).as(output).isTrue();
    assertThat(output)
        .contains(BindingDevice.base64(
            HexFormat.of().parseHex(material.group(1).toLowerCase(Locale.ROOT))));
  }

  @Test
  void tellsWhatTheProtocolHas() throws Exception {
    SSLContext context = Credential.anonymousTlsContext(List.of(ROOT.certificate()));
    assertThat(get(context, "TLSv1.3", "/binding/tls-unique")).isEqualTo("none");
    // The verify_data of a Finished message (RFC 5246, section 7.4.9).
    assertThat(Base64.getDecoder().decode(get(context, "TLSv1.2", "/binding/tls-unique")))
        .hasSize(12);
    assertThat(Base64.getDecoder().decode(get(context, "TLSv1.2", "/binding/tls-exporter")))
        .hasSize(32);
  }
}
