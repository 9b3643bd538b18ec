package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.est.CSRAttributesResponse;
import org.bouncycastle.est.ESTException;
import org.bouncycastle.est.ESTService;
import org.bouncycastle.est.EnrollmentResponse;
import org.bouncycastle.est.jcajce.JsseESTServiceBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.Store;
import org.bouncycastle.util.io.Streams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation, as BouncyCastle's own EST client does it. */
class BouncyCastleEstIT {

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), "default-fleet: sensors\n");
    running = RunningService.of(data, "d-1", "d-2", "d-3");
    running.applyEnrolment("sensors", "{mode: manifest, server-keygen: true}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static ESTService client(String labelOrNull, Credential shown) throws Exception {
    JsseESTServiceBuilder builder =
        new JsseESTServiceBuilder("localhost:" + running.service().deviceUri().getPort(), trust());
    builder.withTimeout(20_000).withFilterCipherSuites(false);
    if (labelOrNull != null) {
      builder.withLabel(labelOrNull);
    }
    if (shown != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "device", shown.key(), new char[0], shown.chain().toArray(new X509Certificate[0]));
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(store, new char[0]);
      builder.withKeyManagers(managers.getKeyManagers());
    }
    return builder.build();
  }

  private static X509TrustManager trust() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (X509Certificate anchor : running.service().trustAnchors()) {
      store.setCertificateEntry(anchor.getSerialNumber().toString(), anchor);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(store);
    return (X509TrustManager) managers.getTrustManagers()[0];
  }

  private static Credential bootstrap(String device) {
    return running.bootstrap(device).credential();
  }

  private static List<X509Certificate> certificates(Store<X509CertificateHolder> store)
      throws Exception {
    return List.of(ESTService.storeToArray(store)).stream()
        .map(BouncyCastleEstIT::certificate)
        .toList();
  }

  private static X509Certificate certificate(X509CertificateHolder holder) {
    try {
      return Pem.certificate(holder.getEncoded());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static PKCS10CertificationRequest request(KeyPair keys, String device) throws Exception {
    return new PKCS10CertificationRequest(CertificateRequest.create(keys, device));
  }

  @Test
  void readsTheCaCertificates() throws Exception {
    for (String label : new String[] {"sensors", null}) {
      assertThat(certificates(client(label, null).getCACerts().getCertificateStore()))
          .containsAll(running.service().trustAnchors());
    }
  }

  @Test
  void readsTheAttributes() throws Exception {
    for (String label : new String[] {"sensors", null}) {
      CSRAttributesResponse attributes =
          client(label, null).getCSRAttributes().getAttributesResponse();
      assertThat(attributes.isAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest))
          .isTrue();
    }
  }

  @Test
  void enrolsAndRenews() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    EnrollmentResponse first =
        client("sensors", bootstrap("d-1")).simpleEnroll(false, request(keys, "d-1"), null);
    assertThat(first.isCompleted()).isTrue();
    Credential credential = new Credential(keys.getPrivate(), certificates(first.getStore()));
    KeyPair next = CertificateRequest.newKeyPair();
    EnrollmentResponse second = client("sensors", credential)
        .simpleEnroll(
            true,
            new PKCS10CertificationRequest(
                CertificateRequest.renew(next, credential.certificate())),
            null);
    assertThat(Identity.of(certificates(second.getStore()).get(0)))
        .isEqualTo(credential.identity());
    // Again, without the label of the default fleet.
    client(null, credential)
        .simpleEnroll(
            true,
            new PKCS10CertificationRequest(CertificateRequest.renew(
                CertificateRequest.newKeyPair(), credential.certificate())),
            null);
  }

  @Test
  void enrolsWithoutALabel() throws Exception {
    EnrollmentResponse answer = client(null, bootstrap("d-2"))
        .simpleEnroll(false, request(CertificateRequest.newKeyPair(), "d-2"), null);
    assertThat(Identity.of(certificates(answer.getStore()).get(0)).spiffeId())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-2");
  }

  @Test
  void hasItsKeyMade() throws Exception {
    EnrollmentResponse answer = client("sensors", bootstrap("d-3"))
        .simpleEnrollWithServersideCreation(request(CertificateRequest.newKeyPair(), "d-3"), null);
    PrivateKey key = KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(answer.getPrivateKeyInfo().getEncoded()));
    Credential made = new Credential(key, certificates(answer.getStore()));
    // The key opens TLS, so it is the certificate's.
    client("sensors", made)
        .simpleEnroll(
            true,
            new PKCS10CertificationRequest(
                CertificateRequest.renew(CertificateRequest.newKeyPair(), made.certificate())),
            null);
  }

  @Test
  void isPutOffUntilSomebodyApproves() throws Exception {
    running.applyEnrolment("pumps", "{mode: approval}");
    EnrollmentResponse pending = client("pumps", bootstrap("p-1"))
        .simpleEnroll(false, request(CertificateRequest.newKeyPair(), "p-1"), null);
    assertThat(pending.isCompleted()).isFalse();
    assertThat(pending.getNotBefore()).isGreaterThan(System.currentTimeMillis());
    running.post("/api/v1/approvals/"
        + new Enrolments(running, "pumps").approval("pending", "p-1").get("id").asInt()
        + "/approve");
    EnrollmentResponse answer = client("pumps", bootstrap("p-1")).simpleEnroll(pending);
    assertThat(answer.isCompleted()).isTrue();
  }

  @Test
  void isToldWhyNot() throws Exception {
    PKCS10CertificationRequest request = request(CertificateRequest.newKeyPair(), "d-99");
    ESTService client = client("sensors", bootstrap("d-99"));
    ESTException refused =
        catchThrowableOfType(ESTException.class, () -> client.simpleEnroll(false, request, null));
    assertThat(refused.getStatusCode()).isEqualTo(403);
    assertThat(new String(Streams.readAll(refused.getBody()), StandardCharsets.UTF_8))
        .contains("not in the manifest");
  }
}
