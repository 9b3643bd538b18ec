package io.mintmark.simulators;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.DurationText;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Identity;
import io.mintmark.identity.TopicGrants;
import io.mintmark.identity.TrustDomain;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * An installation small enough to read: EST on the JDK's own HTTPS server, which believes whatever
 * certificate it is shown, and a {@link TestBroker}. A sound one does what a demo asks for. One
 * that is not lets everybody into its broker, loses messages, leaves a device out, cannot be
 * stopped, and revokes nobody.
 */
final class TestInstallation implements Installation, AutoCloseable {

  private static final TrustDomain DOMAIN = new TrustDomain("test.example");
  private static final Pattern LIFETIME = Pattern.compile("lifetime: (\\S+)");
  private static final Pattern FLEET = Pattern.compile("fleet: (\\S+)");

  private final HeldCertificate root =
      HeldCertificate.builder().commonName("test root").authority(1).build();
  private final HeldCertificate issuer = HeldCertificate.builder()
      .commonName("test issuer")
      .authority(0)
      .signedBy(root)
      .build();
  private final Credential server = HeldCertificate.builder()
      .commonName("server")
      .dns("localhost")
      .ip("127.0.0.1")
      .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)
      .signedBy(issuer)
      .build()
      .credential();
  private final Map<String, Duration> lifetimes = new ConcurrentHashMap<>();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final TestGuard guard;
  private final TestBroker broker;
  private HttpsServer service;
  private int servicePort;

  TestInstallation(Path folder, boolean sound) throws Exception {
    guard = sound ? new TestGuard() : null;
    broker = sound
        ? TestBroker.guarded(folder, server, root.certificate(), guard)
        : TestBroker.open(folder, server, new TestLoss());
    startService();
  }

  @Override
  public URI service() {
    return URI.create("https://localhost:" + servicePort);
  }

  @Override
  public String brokerHost() {
    return "localhost";
  }

  @Override
  public int brokerPort() {
    return broker.port();
  }

  @Override
  public List<X509Certificate> trust() {
    return List.of(root.certificate());
  }

  @Override
  public TrustDomain trustDomain() {
    return DOMAIN;
  }

  @Override
  public void applyFleet(Path yaml) throws IOException {
    String text = Files.readString(yaml);
    Matcher fleet = FLEET.matcher(text);
    Matcher lifetime = LIFETIME.matcher(text);
    if (!fleet.find() || !lifetime.find()) {
      throw new IOException("fleet file " + yaml + " is not as expected");
    }
    lifetimes.put(fleet.group(1), DurationText.parse(lifetime.group(1)));
  }

  @Override
  public void importManifest(FleetId fleet, Path csv) throws IOException {
    if (!Files.readString(csv).startsWith("device,pin\n")) {
      throw new IOException("manifest " + csv + " is not as expected");
    }
  }

  @Override
  public void revoke(DeviceId device) {
    if (guard != null) {
      revoked.add(device.value());
      guard.revoke(device);
    }
  }

  /** Ends a device's connection, and nothing else. */
  void cut(DeviceId device) {
    guard.cut(device);
  }

  @Override
  public Credential application(String name, TopicGrants grants) {
    if (guard != null) {
      guard.permit(name, grants);
    }
    KeyPair keys = CertificateRequest.newKeyPair();
    Identity identity = new Identity.Application(DOMAIN, name);
    return new Credential(keys.getPrivate(), issue(identity, keys, Duration.ofHours(1)));
  }

  private List<X509Certificate> issue(Identity identity, KeyPair keys, Duration lifetime) {
    Instant now = Instant.now();
    return HeldCertificate.builder()
        .commonName(identity.name())
        .uri(identity.spiffeId())
        .validity(now, now.plus(lifetime))
        .keys(keys)
        .signedBy(issuer)
        .build()
        .chain();
  }

  @Override
  public void stopService() {
    if (guard != null) {
      service.stop(0);
      service = null;
    }
  }

  @Override
  public void startService() throws IOException {
    if (service != null) {
      return;
    }
    service = HttpsServer.create(new InetSocketAddress("localhost", servicePort), 200);
    servicePort = service.getAddress().getPort();
    service.setHttpsConfigurator(new Configurator(tls()));
    service.setExecutor(threads);
    service.createContext("/.well-known/est/", this::answer);
    service.start();
  }

  private SSLContext tls() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry(
          "own", server.key(), new char[0], server.chain().toArray(new X509Certificate[0]));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(keys, new char[0]);
      context.init(factory.getKeyManagers(), new TrustManager[] {new BelievesAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", -1);
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (path[path.length - 1].equals("cacerts")) {
        reply(exchange, 200, List.of(root.certificate(), issuer.certificate()));
        return;
      }
      X509Certificate peer =
          (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
      Matcher name =
          Pattern.compile("CN=([^,]+)").matcher(peer.getSubjectX500Principal().getName());
      if (!name.find() || revoked.contains(name.group(1)) || isLeftOut(name.group(1))) {
        reply(exchange, 403, List.of());
        return;
      }
      FleetId fleet = new FleetId(path[path.length - 2]);
      Identity.Device device = new Identity.Device(DOMAIN, fleet, new DeviceId(name.group(1)));
      KeyPair keys = new KeyPair(
          new JcaPKCS10CertificationRequest(Base64.getMimeDecoder().decode(body)).getPublicKey(),
          null);
      reply(exchange, 200, issue(device, keys, lifetimes.get(fleet.value())));
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private boolean isLeftOut(String device) {
    return guard == null && device.equals("sensor-0002");
  }

  private static void reply(HttpExchange exchange, int status, List<X509Certificate> certificates)
      throws IOException {
    byte[] body;
    try {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      generator.addCertificates(new JcaCertStore(new ArrayList<>(certificates)));
      body = status == 200
          ? Base64.getMimeEncoder()
              .encode(
                  generator.generate(new CMSProcessableByteArray(new byte[0])).getEncoded())
          : "no".getBytes(StandardCharsets.UTF_8);
    } catch (Exception e) {
      throw new IOException(e);
    }
    exchange.getResponseHeaders().set("Content-Type", "application/pkcs7-mime");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    if (service != null) {
      service.stop(0);
    }
    threads.shutdownNow();
    broker.close();
  }

  private static final class Configurator extends HttpsConfigurator {
    Configurator(SSLContext context) {
      super(context);
    }

    @Override
    public void configure(HttpsParameters parameters) {
      SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
      ssl.setWantClientAuth(true);
      parameters.setSSLParameters(ssl);
    }
  }
}
