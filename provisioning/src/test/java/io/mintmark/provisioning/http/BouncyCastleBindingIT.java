package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.est.ESTException;
import org.bouncycastle.est.ESTService;
import org.bouncycastle.est.jcajce.ChannelBindingProvider;
import org.bouncycastle.est.jcajce.JsseESTServiceBuilder;
import org.bouncycastle.jsse.BCSSLSocket;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.bouncycastle.util.io.Streams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BouncyCastle's own EST client with its tls-unique, which it has under TLS 1.2. */
class BouncyCastleBindingIT {

  /** Says much about its settings. Held, or the level would be forgotten. */
  private static final Logger LOG = Logger.getLogger("org.bouncycastle.jsse");

  static {
    LOG.setLevel(Level.OFF);
  }

  /** Not installed, only used here. */
  private static final Provider BCJSSE =
      new BouncyCastleJsseProvider(false, new JcaTlsCryptoProvider());

  private static final ChannelBindingProvider BINDINGS = new ChannelBindingProvider() {
    @Override
    public boolean canAccessChannelBinding(Socket socket) {
      return socket instanceof BCSSLSocket;
    }

    @Override
    public byte[] getChannelBinding(Socket socket, String kind) {
      return ((BCSSLSocket) socket).getConnection().getChannelBinding(kind);
    }
  };

  private static ESTService client(RunningService running, Credential shown) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "device", shown.key(), new char[0], shown.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX", BCJSSE);
    managers.init(store, new char[0]);
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    for (X509Certificate anchor : running.service().trustAnchors()) {
      anchors.setCertificateEntry(anchor.getSerialNumber().toString(), anchor);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    JsseESTServiceBuilder builder = new JsseESTServiceBuilder(
        "localhost:" + running.service().deviceUri().getPort(),
        (X509TrustManager) trust.getTrustManagers()[0]);
    builder
        .withTimeout(20_000)
        .withFilterCipherSuites(false)
        .withProvider(BCJSSE)
        .withSecureRandom(new SecureRandom())
        .withTLSVersion("TLSv1.2")
        .withKeyManagers(managers.getKeyManagers())
        .withChannelBindingProvider(BINDINGS)
        .withLabel("sensors");
    return builder.build();
  }

  private static Credential bound(
      RunningService running,
      Credential shown,
      boolean renews,
      X500Name subject,
      Extension altNameOrNull)
      throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    PKCS10CertificationRequestBuilder request = new PKCS10CertificationRequestBuilder(
        subject, SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    if (altNameOrNull != null) {
      request.addAttribute(
          PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new Extensions(altNameOrNull));
    }
    byte[] issued = ESTService.storeToArray(client(running, shown)
            .simpleEnrollPoP(
                renews,
                request,
                new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()),
                null)
            .getStore())[0]
        .getEncoded();
    return new Credential(keys.getPrivate(), List.of(Pem.certificate(issued)));
  }

  @Test
  void enrolsAndRenewsWithItsBinding(@TempDir Path data) throws Exception {
    try (RunningService running = RunningService.of(data, "d-1")) {
      running.applyEnrolment("sensors", "{channel-binding: required}");
      Credential bootstrap = running.bootstrap("d-1").credential();
      ESTException refused = catchThrowableOfType(
          ESTException.class,
          () -> client(running, bootstrap)
              .simpleEnroll(
                  false, new PKCS10CertificationRequest(Enrolments.request("d-1")), null));
      assertThat(refused.getStatusCode()).isEqualTo(400);
      assertThat(new String(Streams.readAll(refused.getBody()), StandardCharsets.UTF_8))
          .contains("requires channel binding", "tls-unique");

      Credential first = bound(running, bootstrap, false, new X500Name("CN=d-1"), null);
      assertThat(first.identity().name()).isEqualTo("d-1");
      JcaX509CertificateHolder names = new JcaX509CertificateHolder(first.certificate());
      Credential second = bound(
          running,
          first,
          true,
          names.getSubject(),
          names.getExtension(Extension.subjectAlternativeName));
      assertThat(Identity.of(second.certificate())).isEqualTo(first.identity());
    }
  }
}
