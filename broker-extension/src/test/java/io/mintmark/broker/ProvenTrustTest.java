package io.mintmark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;

/** In real handshakes, with a count of how often the JDK was asked for all of its validation. */
class ProvenTrustTest {

  private static final ASN1ObjectIdentifier UNKNOWN =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
  private static final byte[] NULL = {5, 0};
  private static final Duration DAY = Duration.ofDays(1);

  private final TestPki pki = new TestPki();
  private final SettableClock clock = new SettableClock();
  private final HeldCertificate server = pki.broker("b1");
  private Counting jdk = new Counting(pki.anchors());
  private ProvenTrust trust = new ProvenTrust(jdk, clock);

  private void trust(List<X509Certificate> anchors) {
    jdk = new Counting(anchors);
    trust = new ProvenTrust(jdk, clock);
  }

  private HeldCertificate.Builder device() {
    return pki.client(TestPki.deviceId("sensors", "d1"));
  }

  private void passes(HeldCertificate device, int full) {
    passes(device, device.chain(), full);
  }

  private void passes(HeldCertificate device, List<X509Certificate> chain, int full) {
    int before = jdk.count;
    assertThatCode(() -> handshake(device, chain, "TLSv1.3")).doesNotThrowAnyException();
    assertThat(jdk.count - before).as("validations in full").isEqualTo(full);
  }

  private void refuses(HeldCertificate device) {
    refuses(device, device.chain());
  }

  /** Twice: what was refused once is not remembered for good. */
  private void refuses(HeldCertificate device, List<X509Certificate> chain) {
    for (int i = 0; i < 2; i++) {
      int before = jdk.count;
      assertThatThrownBy(() -> handshake(device, chain, "TLSv1.3"))
          .isInstanceOf(SSLException.class)
          .hasCauseInstanceOf(CertificateException.class);
      assertThat(jdk.count - before).as("refused by the JDK").isEqualTo(1);
    }
  }

  @Test
  void onlyTheFirstOfAKindTakesAllOfIt() {
    passes(device().build(), 1);
    passes(device().build(), 0);
    passes(pki.application("backend"), 0);
  }

  @Test
  void datesAreHeldAgainstEach() {
    passes(device().build(), 1);
    Instant now = Instant.now();
    refuses(device().validity(now.minus(DAY), now.minusSeconds(60)).build());
    refuses(device().validity(now.plus(DAY), now.plus(DAY.multipliedBy(2))).build());
  }

  @Test
  void anIssuerOfTheSameNameIsAnother() throws Exception {
    passes(device().build(), 1);
    HeldCertificate impostor =
        HeldCertificate.builder().commonName("issuing").authority(0).build();
    HeldCertificate forged = device().signedBy(impostor).build();
    refuses(forged, List.of(forged.certificate(), pki.issuing.certificate()));
    HeldCertificate device = device().build();
    byte[] bytes = device.certificate().getEncoded();
    bytes[bytes.length - 1] ^= 1;
    refuses(device, List.of(Pem.certificate(bytes), pki.issuing.certificate()));
  }

  @Test
  void anotherKindIsRefusedAsBefore() {
    passes(device().build(), 1);
    refuses(HeldCertificate.builder()
        .uri(TestPki.deviceId("sensors", "d1"))
        .purposes(KeyPurposeId.id_kp_serverAuth)
        .signedBy(pki.issuing)
        .build());
    refuses(device().extension(UNKNOWN, true, NULL).build());
    refuses(device()
        .extension(Extension.keyUsage, true, usage(KeyUsage.keyAgreement))
        .build());
    // SSL client is not among the uses of this Netscape certificate type.
    refuses(device()
        .extension(
            new ASN1ObjectIdentifier("2.16.840.1.113730.1.1"),
            false,
            (byte) 3,
            (byte) 2,
            (byte) 6,
            (byte) 0x40)
        .build());
  }

  @Test
  void anotherKindIsLookedAtInFull() throws Exception {
    passes(device().build(), 1);
    HeldCertificate otherCurve = device().keys(keys("EC", "secp384r1")).build();
    passes(otherCurve, 1);
    passes(device().extension(UNKNOWN, false, NULL).build(), 1);
    passes(
        device()
            .extension(Extension.keyUsage, false, usage(KeyUsage.digitalSignature))
            .build(),
        1);
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPair rsaKeys = rsa.generateKeyPair();
    passes(device().keys(rsaKeys).build(), 1);
    passes(device().keys(rsaKeys).build(), 1);
    passes(device().build(), 0);
  }

  @Test
  void otherCasAreLookedAtInFull() {
    trust(pki.roots());
    passes(device().build(), 1);
    passes(pki.nextDevice("sensors", "d1"), 1);
    passes(pki.nextDevice("sensors", "d2"), 0);
    HeldCertificate device = device().build();
    List<X509Certificate> withRoot =
        List.of(device.certificate(), pki.issuing.certificate(), pki.root.certificate());
    passes(device, withRoot, 1);
    passes(device, withRoot, 0);
    refuses(device, List.of(device.certificate()));
  }

  @Test
  void whatIsNoStraightLineIsLookedAtInFullEachTime() {
    passes(device().build(), 1);
    HeldCertificate device = device().build();
    List<X509Certificate> mixedUp =
        List.of(device.certificate(), pki.root.certificate(), pki.issuing.certificate());
    List<X509Certificate> withAnother =
        List.of(device.certificate(), pki.issuing.certificate(), pki.nextRoot.certificate());
    for (int i = 0; i < 2; i++) {
      passes(device, mixedUp, 1);
      passes(device, withAnother, 1);
    }
  }

  @Test
  void anotherVersionOfTlsIsLookedAtInFull() throws Exception {
    HeldCertificate device = device().build();
    passes(device, 1);
    handshake(device, device.chain(), "TLSv1.2");
    handshake(device, device.chain(), "TLSv1.2");
    assertThat(jdk.count).isEqualTo(2);
  }

  @Test
  void casThatEndAreNotGoodForLonger() {
    Instant now = clock.instant();
    HeldCertificate issuing = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .validity(now.minus(DAY), now.plusSeconds(60))
        .signedBy(pki.root)
        .build();
    passes(device().signedBy(issuing).build(), 1);
    passes(device().signedBy(issuing).build(), 0);
    clock.advance(Duration.ofSeconds(61));
    passes(device().signedBy(issuing).build(), 1);
    passes(device().signedBy(issuing).build(), 1);
  }

  @Test
  void allIsLookedAtAgainOnceInAWhile() {
    passes(device().build(), 1);
    clock.advance(Duration.ofMinutes(11));
    passes(device().build(), 1);
    passes(device().build(), 0);
    clock.advance(Duration.ofMinutes(-5));
    passes(device().build(), 1);
  }

  @Test
  void constraintsOnNamesAreHeldAgainstEach() throws Exception {
    HeldCertificate constrained = HeldCertificate.builder()
        .commonName("issuing")
        .authority(0)
        .extension(
            Extension.nameConstraints,
            true,
            new NameConstraints(
                    new GeneralSubtree[] {
                      new GeneralSubtree(
                          new GeneralName(GeneralName.uniformResourceIdentifier, "example.org"))
                    },
                    null)
                .getEncoded())
        .signedBy(pki.root)
        .build();
    passes(device().signedBy(constrained).build(), 1);
    passes(device().signedBy(constrained).build(), 1);
    refuses(pki.client("spiffe://elsewhere.org/fleet/sensors/device/d1")
        .signedBy(constrained)
        .build());
  }

  /** Of an anchor the JDK asks nothing, and others of its form must not profit. */
  @Test
  void anAnchorSpeaksForNoOther() {
    HeldCertificate.Builder noClient =
        HeldCertificate.builder().purposes(KeyPurposeId.id_kp_serverAuth).signedBy(pki.issuing);
    HeldCertificate anchor = noClient.build();
    trust(List.of(pki.root.certificate(), anchor.certificate()));
    passes(anchor, 1);
    refuses(HeldCertificate.builder()
        .purposes(KeyPurposeId.id_kp_serverAuth)
        .signedBy(pki.issuing)
        .build());
  }

  @Test
  void namesAreLookedAtInFullWhereTlsIsToLookAtThem() throws Exception {
    HeldCertificate device = device().dns("localhost").build();
    for (int i = 1; i < 3; i++) {
      SSLEngine engine = serverContext().createSSLEngine("localhost", 1);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
      handshake(engine, clientEngine(device, device.chain(), "TLSv1.3"));
      assertThat(jdk.count).isEqualTo(i);
    }
  }

  @Test
  void allElseIsTheJdks() throws Exception {
    X509Certificate[] chain = device().build().chain().toArray(X509Certificate[]::new);
    X509Certificate[] none = {};
    assertThatThrownBy(
            () -> trust.checkClientTrusted(none, "EC", serverContext().createSSLEngine()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> trust.checkClientTrusted(chain, "EC", serverContext().createSSLEngine()))
        .as("no handshake")
        .isInstanceOf(CertificateException.class);
    for (int i = 0; i < 2; i++) {
      trust.checkClientTrusted(chain, "EC");
      trust.checkClientTrusted(chain, "EC", (Socket) null);
      trust.checkClientTrusted(chain, "EC", (SSLEngine) null);
    }
    assertThat(jdk.count).isEqualTo(8);
    assertThatThrownBy(() -> trust.checkServerTrusted(chain, "UNKNOWN"))
        .isInstanceOf(CertificateException.class);
    assertThat(trust.getAcceptedIssuers()).containsExactly(pki.root.certificate());
  }

  @Test
  void whereTheJdkIsToAskForRevocationItIsAskedEachTime() {
    assertThat(ProvenTrust.around(jdk)).isInstanceOf(ProvenTrust.class);
    System.setProperty("com.sun.net.ssl.checkRevocation", "true");
    try {
      assertThat(ProvenTrust.around(jdk)).isSameAs(jdk);
    } finally {
      System.clearProperty("com.sun.net.ssl.checkRevocation");
    }
  }

  private static byte[] usage(int bits) {
    try {
      return new KeyUsage(bits).getEncoded();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair keys(String algorithm, String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private SSLContext serverContext() throws Exception {
    return context(server.keys(), server.chain(), trust);
  }

  private static SSLContext context(KeyPair keys, List<X509Certificate> chain, TrustManager trust)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {Credential.keyManager(keys.getPrivate(), chain)},
        new TrustManager[] {trust},
        new SecureRandom());
    return context;
  }

  private SSLEngine clientEngine(
      HeldCertificate device, List<X509Certificate> chain, String protocol) throws Exception {
    SSLEngine client =
        context(device.keys(), chain, Credential.trustManager(pki.anchors())).createSSLEngine();
    client.setEnabledProtocols(new String[] {protocol});
    return client;
  }

  private void handshake(HeldCertificate device, List<X509Certificate> chain, String protocol)
      throws Exception {
    handshake(serverContext().createSSLEngine(), clientEngine(device, chain, protocol));
  }

  private static void handshake(SSLEngine server, SSLEngine client) throws SSLException {
    server.setUseClientMode(false);
    server.setNeedClientAuth(true);
    client.setUseClientMode(true);
    ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
    client.beginHandshake();
    server.beginHandshake();
    while (server.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      case NEED_UNWRAP -> {
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(1 << 17));
        in.compact();
      }
      default -> {
        // Waits for the other.
      }
    }
  }

  /** The JDK's, and how often it was asked about a client. */
  private static final class Counting extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager jdk;
    private int count;

    Counting(List<X509Certificate> anchors) {
      this.jdk = Credential.trustManager(anchors);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      count++;
      jdk.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      count++;
      jdk.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      count++;
      jdk.checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      jdk.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      jdk.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      jdk.checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return jdk.getAcceptedIssuers();
    }
  }
}
