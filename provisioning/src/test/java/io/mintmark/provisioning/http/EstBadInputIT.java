package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What EST must turn away, sent over real TLS: each time the status, one line of text that says
 * why, the same line in the log, and not one row of the registry changed.
 */
class EstBadInputIT {

  private static final String ENROLL = "/.well-known/est/sensors/simpleenroll";
  private static final String RENEW = "/.well-known/est/sensors/simplereenroll";
  private static final String PKCS10 = "application/pkcs10";
  private static final KeyPair KEYS = CertificateRequest.newKeyPair();
  private static final byte[] REQUEST = CertificateRequest.create(KEYS, "d-1");

  private static final LogLines LOG = new LogLines();

  private static RunningService running;
  private static Credential bootstrap;
  private static Credential current;
  private static Credential revoked;
  private static Credential suspended;

  private final List<DynamicTest> rows = new ArrayList<>();

  @FunctionalInterface
  private interface Sending {
    RawHttps.Answer send() throws Exception;
  }

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.of(data, "d-1", "d-2", "d-revoked", "d-suspended");
    running.applyFleet("others", "1h");
    running.importManifest(
        "sensors",
        "device,pin\nd-pinned,spki-sha256:" + "ab".repeat(32) + "\nd-pinned-2,cert-sha256:"
            + "cd".repeat(32) + "\n");
    bootstrap = running.bootstrap("d-1").credential();
    current = enroll("d-2");
    revoked = enroll("d-revoked");
    suspended = enroll("d-suspended");
    running.post("/api/v1/devices/d-revoked/revoke");
    running.post("/api/v1/devices/d-suspended/suspend");
    LOG.attach();
  }

  @AfterAll
  static void stop() {
    LOG.detach();
    running.close();
  }

  private static Credential enroll(String device) throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    return new Credential(
        keys.getPrivate(),
        running
            .est(running.bootstrap(device).credential())
            .simpleEnroll(CertificateRequest.create(keys, device)));
  }

  private void row(String name, int status, String reason, Sending sending) {
    rows.add(dynamicTest(name, () -> {
      List<String> before = running.registry();
      LOG.clear();
      RawHttps.Answer answer = sending.send();
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.header("Content-Type")).startsWith("text/plain");
      assertThat(answer.body()).endsWith("\n").hasLineCount(1).contains(reason);
      assertThat(running.registry()).isEqualTo(before);
      await().untilAsserted(() -> assertThat(LOG.lines()).hasSize(1));
      assertThat(LOG.lines().get(0))
          .startsWith("INFO ")
          .contains("refused with " + status, reason, "from 127.0.0.1")
          .matches("[ -~]+");
    }));
  }

  private static RawHttps.Answer enroll(Credential peer, byte[] body) throws Exception {
    return running.device(peer).post(ENROLL, PKCS10, body);
  }

  private static RawHttps.Answer renew(Credential peer, byte[] body) throws Exception {
    return running.device(peer).post(RENEW, PKCS10, body);
  }

  private static byte[] renewal(Credential of) {
    return CertificateRequest.renew(CertificateRequest.newKeyPair(), of.certificate());
  }

  @TestFactory
  List<DynamicTest> theWrongClientCertificate() {
    row("none", 403, "client certificate", () -> enroll((Credential) null, REQUEST));
    row("none, renewing", 403, "client certificate", () -> renew(null, REQUEST));
    bad("self-signed", "not issued by a CA", HeldCertificate.builder().commonName("d-1"));
    bad(
        "of an unknown CA with the right names",
        "is not acceptable",
        HeldCertificate.builder()
            .commonName("d-1")
            .signedBy(
                HeldCertificate.builder().commonName("factory").authority(1).build()));
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    bad("expired", "expired", signed("d-1").validity(now.minus(day), now.minusSeconds(60)));
    bad("not yet valid", "not valid before", signed("d-1").validity(now.plus(day), now.plus(day)));
    bad("of a CA", "is a CA's", signed("d-1").authority(0));
    bad("for servers", "clientAuth", signed("d-1").purposes(KeyPurposeId.id_kp_serverAuth));
    bad("without a device's name", "no device id", signed("a device"));
    bad("with a wildcard", "no device id", signed("+"));
    bad("with a NUL", "no device id", signed("d-1\0"));
    bad("with an escape", "no device id", signed("d-1/../d-2"));
    row("operational, to enrol", 403, "not issued by a CA", () -> enroll(current, REQUEST));
    row("bootstrap, to renew", 403, "not issued by a CA", () -> renew(bootstrap, REQUEST));
    row(
        "of another fleet's device",
        403,
        "label 'sensors'",
        () -> running
            .device(current)
            .post("/.well-known/est/others/simplereenroll", PKCS10, renewal(current)));
    row(
        "device's, without a label",
        403,
        "label 'sensors'",
        () -> running
            .device(current)
            .post("/.well-known/est/simplereenroll", PKCS10, renewal(current)));
    return rows;
  }

  private static HeldCertificate.Builder signed(String device) {
    return HeldCertificate.builder().commonName(device).signedBy(running.factory);
  }

  private void bad(String name, String reason, HeldCertificate.Builder certificate) {
    Credential credential = certificate.build().credential();
    row(name, 403, reason, () -> enroll(credential, REQUEST));
  }

  @TestFactory
  List<DynamicTest> theWrongDevice() {
    row(
        "not in the manifest",
        403,
        "not in the manifest",
        () -> enroll(signed("d-9").build().credential(), request("d-9")));
    row(
        "in the manifest of another fleet",
        403,
        "not in the manifest",
        () -> running
            .device(bootstrap)
            .post("/.well-known/est/others/simpleenroll", PKCS10, REQUEST));
    for (String device : List.of("d-pinned", "d-pinned-2")) {
      row(
          "wrong pin of " + device,
          403,
          "pin",
          () -> enroll(signed(device).build().credential(), request(device)));
    }
    row(
        "revoked, enrolling",
        403,
        "revoked",
        () -> enroll(signed("d-revoked").build().credential(), request("d-revoked")));
    row("revoked, renewing", 403, "revoked", () -> renew(revoked, renewal(revoked)));
    row(
        "suspended, enrolling",
        403,
        "suspended",
        () -> enroll(signed("d-suspended").build().credential(), request("d-suspended")));
    row("suspended, renewing", 403, "suspended", () -> renew(suspended, renewal(suspended)));
    return rows;
  }

  private static byte[] request(String name) {
    return CertificateRequest.create(CertificateRequest.newKeyPair(), name);
  }

  @TestFactory
  List<DynamicTest> theWrongRequest() throws Exception {
    csr("garbage", "neither base64", "?!".getBytes(US_ASCII));
    csr("base64 of nothing known", "well-formed", "aGVsbG8gd29ybGQ=".getBytes(US_ASCII));
    csr("truncated", "well-formed", Arrays.copyOf(REQUEST, REQUEST.length - 1));
    csr("trailing byte", "well-formed", Arrays.copyOf(REQUEST, REQUEST.length + 1));
    csr(
        "two of them",
        "one PEM block",
        Pem.encode("CERTIFICATE REQUEST", REQUEST).repeat(2).getBytes(US_ASCII));
    csr("a certificate", "CERTIFICATE REQUEST", Pem.encode(bootstrap.chain()).getBytes(US_ASCII));
    csr("largest body, of zeros", "neither base64", new byte[64 * 1024]);
    SubjectPublicKeyInfo other = SubjectPublicKeyInfo.getInstance(
        CertificateRequest.newKeyPair().getPublic().getEncoded());
    csr(
        "signed by another key",
        "signature was not made",
        Requests.signed(KEYS, "SHA256withECDSA", other, new X500Name("CN=d-1"), new DERSet()));
    byte[] unsigned = REQUEST.clone();
    unsigned[unsigned.length - 1] ^= 1;
    csr("wrongly signed", "signature was not made", unsigned);
    csr("signed with SHA-1", "not accepted", Requests.signed(KEYS, "SHA1withECDSA", "CN=d-1"));
    csr("RSA 1024", "1024 bits", Requests.signed(Requests.rsa(1024), "SHA256withRSA", "CN=d-1"));
    csr(
        "P-192",
        "use P-256",
        Requests.signed(Requests.ec("secp192r1"), "SHA256withECDSA", "CN=d-1"));
    csr(
        "key of the bootstrap certificate",
        "make a new key",
        CertificateRequest.create(
            new KeyPair(bootstrap.certificate().getPublicKey(), bootstrap.key()), "d-1"));
    csr("subject of another device", "contradicts", request("d-2"));
    csr("subject with more", "contradicts", Requests.signed(KEYS, "SHA256withECDSA", "CN=d-1,O=x"));
    csr("wildcard in the subject", "contradicts", request("#"));
    csr("line break in the subject", "contradicts", request("d-1\r\nX-Injected: yes"));
    Extension san = Extension.create(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(
            GeneralName.uniformResourceIdentifier,
            "spiffe://mintmark.local/fleet/sensors/device/d-2")));
    Attribute names = new Attribute(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(new DERSequence(san)));
    csr(
        "subjectAltName of another device",
        "contradicts",
        Requests.signed(KEYS, "SHA256withECDSA", "CN=d-1", names));
    row(
        "renewing the same key",
        400,
        "new key",
        () -> renew(
            current,
            CertificateRequest.renew(
                new KeyPair(current.certificate().getPublicKey(), current.key()),
                current.certificate())));
    row("renewing without the names", 400, "subjectAltName", () -> renew(current, request("d-2")));
    row("renewing under another subject", 400, "subject", () -> renew(current, request("d-1")));
    return rows;
  }

  private void csr(String name, String reason, byte[] body) {
    row(name, 400, reason, () -> enroll(bootstrap, body));
  }

  @TestFactory
  List<DynamicTest> theWrongHttp() {
    row("empty body", 400, "no body", () -> enroll(bootstrap, new byte[0]));
    row("65537 bytes", 413, "65536", () -> enroll(bootstrap, new byte[64 * 1024 + 1]));
    row("65537 bytes in chunks", 413, "65536", () -> running.device(bootstrap).raw(chunked()));
    row(
        "media type",
        415,
        PKCS10,
        () -> running.device(bootstrap).post(ENROLL, "application/x-www-form-urlencoded", REQUEST));
    row(
        "no media type",
        415,
        PKCS10,
        () -> running.device(bootstrap).send("POST", ENROLL, REQUEST));
    row(
        "no default fleet",
        404,
        "name the fleet as label, /.well-known/est/FLEET/simpleenroll",
        () -> running.device(bootstrap).post("/.well-known/est/simpleenroll", PKCS10, REQUEST));
    row(
        "no default fleet for csrattrs",
        404,
        "/.well-known/est/FLEET/csrattrs",
        () -> running.device(null).get("/.well-known/est/csrattrs"));
    row(
        "no default fleet for serverkeygen",
        404,
        "/.well-known/est/FLEET/serverkeygen",
        () -> running.device(bootstrap).post("/.well-known/est/serverkeygen", PKCS10, REQUEST));
    row(
        "POST of csrattrs",
        405,
        "use GET",
        () -> running.device(null).post("/.well-known/est/sensors/csrattrs", PKCS10, REQUEST));
    row(
        "GET of serverkeygen",
        405,
        "use POST",
        () -> running.device(bootstrap).get("/.well-known/est/sensors/serverkeygen"));
    row(
        "csrattrs of an unknown fleet",
        404,
        "there is no fleet",
        () -> running.device(null).get("/.well-known/est/nobody/csrattrs"));
    row("GET", 405, "use POST", () -> running.device(bootstrap).get(ENROLL));
    row("PUT", 405, "Not Allowed", () -> running.device(bootstrap).send("PUT", ENROLL, REQUEST));
    row(
        "POST of cacerts",
        405,
        "use GET",
        () -> running.device(null).post("/.well-known/est/sensors/cacerts", PKCS10, REQUEST));
    for (String label : List.of("nobody", "SENSORS", "sensors.", "~")) {
      row(
          "label " + label,
          404,
          "there is no fleet",
          () -> running
              .device(bootstrap)
              .post("/.well-known/est/" + label + "/simpleenroll", PKCS10, REQUEST));
      row(
          "cacerts of label " + label,
          404,
          "there is no fleet",
          () -> running.device(null).get("/.well-known/est/" + label + "/cacerts"));
    }
    for (String path : List.of(
        ENROLL + "/",
        "/.well-known/est//sensors/simpleenroll",
        "/.well-known/est/sensors%2Fsimpleenroll",
        "/.well-known/est/others/../sensors/simpleenroll",
        "/.well-known/est/%73ensors/simpleenroll",
        "/.well-known/est/sensors/simpleenroll;x=1",
        "/.well-known/EST/sensors/simpleenroll",
        "/.well-known/est/sensors/x/simpleenroll",
        "/.well-known/est/sensors/fullcmc")) {
      row("path " + path, 404, "", () -> running.device(bootstrap).post(path, PKCS10, REQUEST));
    }
    return rows;
  }

  private static byte[] chunked() {
    String head = String.join(
        "\r\n",
        "POST " + ENROLL + " HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        "Content-Type: application/pkcs10",
        "Transfer-Encoding: chunked",
        "",
        "");
    String chunk = "1000\r\n" + "A".repeat(4096) + "\r\n";
    return (head + chunk.repeat(16) + "1\r\nA\r\n0\r\n\r\n").getBytes(US_ASCII);
  }
}
