package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import io.mintmark.provisioning.ocsp.OcspQuestions;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRLs and OCSP over HTTP, as caches and clients see them. */
class StatusIT {

  private static final String BASE = "http://pki.example.org:8480";
  private static final String OCSP_TYPE = "Content-Type: application/ocsp-request\r\n";

  private static RunningService running;
  private static PlainHttp http;
  private static X509Certificate issuer;
  private static X509Certificate device;
  private static X509Certificate revoked;
  private static String crlPath;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    running = RunningService.withStatus(data, BASE, 0, "d-1", "d-2", "d-3");
    http = new PlainHttp(running.service().statusUri().orElseThrow());
    device = enroll("d-1");
    revoked = enroll("d-2");
    String base = distributionPoint(device);
    assertThat(base).startsWith(BASE + "/crl/").endsWith(".crl");
    crlPath = base.substring(BASE.length());
    issuer = Pem.certificate(
        http.get(access(device, AccessDescription.id_ad_caIssuers).substring(BASE.length()))
            .body());
    running.operate(
        "POST",
        "/api/v1/devices/d-2/revoke",
        "application/json",
        "{\"reason\": \"keyCompromise\"}");
    await(() -> entry(revoked) != null);
  }

  @AfterAll
  static void stop() {
    if (running != null) {
      running.close();
    }
  }

  private static X509Certificate enroll(String device) throws Exception {
    return Enrolments.certificate(new Enrolments(running, "sensors").ask(device));
  }

  private static String distributionPoint(X509Certificate certificate) {
    CRLDistPoint points =
        CRLDistPoint.getInstance(extension(certificate, Extension.cRLDistributionPoints));
    assertThat(points.getDistributionPoints()).hasSize(1);
    GeneralNames names = GeneralNames.getInstance(
        points.getDistributionPoints()[0].getDistributionPoint().getName());
    return uri(names.getNames()[0]);
  }

  private static String access(
      X509Certificate certificate, org.bouncycastle.asn1.ASN1ObjectIdentifier method) {
    for (AccessDescription access : AuthorityInformationAccess.getInstance(
            extension(certificate, Extension.authorityInfoAccess))
        .getAccessDescriptions()) {
      if (access.getAccessMethod().equals(method)) {
        return uri(access.getAccessLocation());
      }
    }
    throw new AssertionError("no " + method);
  }

  private static String uri(GeneralName name) {
    assertThat(name.getTagNo()).isEqualTo(GeneralName.uniformResourceIdentifier);
    return name.getName().toString();
  }

  private static byte[] extension(
      X509Certificate certificate, org.bouncycastle.asn1.ASN1ObjectIdentifier id) {
    assertThat(certificate.getCriticalExtensionOIDs()).doesNotContain(id.getId());
    return ASN1OctetString.getInstance(certificate.getExtensionValue(id.getId()))
        .getOctets();
  }

  private static X509CRL crl() throws Exception {
    HttpResponse<byte[]> answer = http.get(crlPath);
    assertThat(answer.statusCode()).isEqualTo(200);
    X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509")
        .generateCRL(new ByteArrayInputStream(answer.body()));
    crl.verify(issuer.getPublicKey());
    return crl;
  }

  private static X509CRLEntry entry(X509Certificate certificate) throws Exception {
    return crl().getRevokedCertificate(certificate.getSerialNumber());
  }

  private static BasicOCSPResp basic(HttpResponse<byte[]> answer) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/ocsp-response");
    OCSPResp response = new OCSPResp(answer.body());
    assertThat(response.getStatus()).isEqualTo(OCSPResp.SUCCESSFUL);
    return (BasicOCSPResp) response.getResponseObject();
  }

  private static CertificateStatus status(HttpResponse<byte[]> answer) throws Exception {
    return basic(answer).getResponses()[0].getCertStatus();
  }

  private static byte[] question(X509Certificate certificate) throws Exception {
    return OcspQuestions.request(null, OcspQuestions.sha1(issuer, certificate.getSerialNumber()));
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  @Test
  void certificatesSayWhereTheirStatusIsTold() {
    assertThat(access(device, AccessDescription.id_ad_ocsp)).isEqualTo(BASE + "/ocsp");
    assertThat(device.getIssuerX500Principal()).isEqualTo(issuer.getSubjectX500Principal());
    assertThat(issuer.getBasicConstraints()).isZero();
  }

  /** Of a root there is no OCSP, and so none is promised. */
  @Test
  void soDoCasBelowOurRoot() throws Exception {
    String path = distributionPoint(issuer).substring(BASE.length());
    X509CRL ofRoot = (X509CRL) CertificateFactory.getInstance("X.509")
        .generateCRL(new ByteArrayInputStream(http.get(path).body()));
    X509Certificate root = Pem.certificate(
        http.get(access(issuer, AccessDescription.id_ad_caIssuers).substring(BASE.length()))
            .body());
    assertThat(root).isIn(running.service().trustAnchors());
    ofRoot.verify(root.getPublicKey());
    assertThat(
            AuthorityInformationAccess.getInstance(extension(issuer, Extension.authorityInfoAccess))
                .getAccessDescriptions())
        .hasSize(1);
  }

  @Test
  void endpointsNameThePort() throws Exception {
    assertThat(new ObjectMapper()
            .readTree(running.data.resolve("endpoints.json").toFile())
            .get("status")
            .asText())
        .isEqualTo(running.service().statusUri().orElseThrow().toString());
  }

  @Test
  void theCrlFollowsRevocationAndSuspension() throws Exception {
    assertThat(entry(revoked).getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
    assertThat(entry(device)).isNull();
    X509Certificate suspended = enroll("d-3");
    running.post("/api/v1/devices/d-3/suspend");
    await(() -> entry(suspended) != null);
    assertThat(entry(suspended).getRevocationReason()).isEqualTo(CRLReason.CERTIFICATE_HOLD);
    running.post("/api/v1/devices/d-3/release");
    await(() -> entry(suspended) == null);
  }

  private static void await(Callable<Boolean> rule) {
    Awaitility.await().until(rule);
  }

  @Test
  void theCrlIsForCaches() throws Exception {
    HttpResponse<byte[]> full = http.get(crlPath);
    assertThat(header(full, "Content-Type")).isEqualTo("application/pkix-crl");
    assertThat(header(full, "Cache-Control"))
        .isEqualTo("max-age=300, public, no-transform, must-revalidate");
    assertThat(header(full, "Server")).isEqualTo("none");
    String tag = header(full, "ETag");
    String modified = header(full, "Last-Modified");
    assertThat(tag).matches("\"[0-9]+\"");
    assertThat(modified).endsWith("GMT");
    assertThat(header(full, "Expires")).endsWith("GMT");

    HttpResponse<byte[]> head = http.send("HEAD", crlPath, null);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(full.body().length));

    for (String[] condition : new String[][] {
      {"If-None-Match", tag},
      {"If-None-Match", "\"other\", W/" + tag},
      {"If-None-Match", "*"},
      {"If-Modified-Since", modified}
    }) {
      HttpResponse<byte[]> answer = http.get(crlPath, condition);
      assertThat(answer.statusCode()).as(String.join(" ", condition)).isEqualTo(304);
      assertThat(answer.body()).isEmpty();
      assertThat(header(answer, "ETag")).isEqualTo(tag);
    }
    for (String[] condition : new String[][] {
      {"If-None-Match", "\"other\""},
      {"If-None-Match", "\"other\"", "If-Modified-Since", modified},
      {"If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"},
      {"If-Modified-Since", "nonsense"}
    }) {
      assertThat(http.get(crlPath, condition).statusCode())
          .as(String.join(" ", condition))
          .isEqualTo(200);
    }
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    HttpResponse<byte[]> unknown = http.get("/crl/0123abcd.crl");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(text(unknown)).isEqualTo("there is no CRL of an issuer '0123abcd'\n");
    HttpResponse<byte[]> certificate = http.get("/ca/0123abcd.cer");
    assertThat(certificate.statusCode()).isEqualTo(404);
    assertThat(text(certificate)).isEqualTo("there is no issuer '0123abcd'\n");
    for (String path : new String[] {"/", "/crl/", "/crl/.crl", "/api/v1/devices", "//"}) {
      assertThat(http.get(path).statusCode()).as(path).isEqualTo(404);
    }
    HttpResponse<byte[]> post = http.send("POST", crlPath, new byte[1]);
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(header(post, "Allow")).isEqualTo("GET, HEAD");
    assertThat(header(http.send("PUT", "/ocsp", new byte[1]), "Allow"))
        .isEqualTo("GET, HEAD, POST");
  }

  @Test
  void ocspAnswersInEveryForm() throws Exception {
    byte[] der = question(device);
    String base64 = Base64.getEncoder().encodeToString(der);
    String[] paths = {
      base64,
      URLEncoder.encode(base64, ISO_8859_1),
      Base64.getUrlEncoder().withoutPadding().encodeToString(der),
      "/" + base64
    };
    byte[] posted = http.ocsp(der).body();
    for (String path : paths) {
      HttpResponse<byte[]> answer = http.get("/ocsp/" + path);
      assertThat(status(answer)).as(path).isSameAs(CertificateStatus.GOOD);
      // Signed once, for whoever asks.
      assertThat(answer.body()).isEqualTo(posted);
    }
    RevokedStatus status = (RevokedStatus) status(http.ocsp(question(revoked)));
    assertThat(status.getRevocationReason())
        .isEqualTo(org.bouncycastle.asn1.x509.CRLReason.keyCompromise);
    assertThat(status.getRevocationTime()).isEqualTo(entry(revoked).getRevocationDate());
  }

  /** RFC 5019, section 6. */
  @Test
  void ocspIsForCaches() throws Exception {
    String path = "/ocsp/" + Base64.getUrlEncoder().encodeToString(question(device));
    HttpResponse<byte[]> answer = http.get(path);
    assertThat(header(answer, "Cache-Control"))
        .isEqualTo("max-age=300, public, no-transform, must-revalidate");
    assertThat(header(answer, "ETag")).matches("\"[0-9a-f]{64}\"");
    assertThat(header(answer, "Last-Modified")).endsWith("GMT");
    assertThat(header(answer, "Expires")).endsWith("GMT");
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(answer.body().length));
    assertThat(http.get(path, "If-None-Match", header(answer, "ETag")).statusCode())
        .isEqualTo(304);
    // Not a POST's, and not what was for one client.
    byte[] nonce =
        OcspQuestions.request(new byte[16], OcspQuestions.sha256(issuer, device.getSerialNumber()));
    assertThat(header(http.ocsp(nonce), "Cache-Control")).isEqualTo("no-store");
    assertThat(status(http.ocsp(nonce))).isSameAs(CertificateStatus.GOOD);
  }

  @Test
  void ocspSaysWhatItCannotAnswer() throws Exception {
    assertThat(failure(http.ocsp(new byte[] {1, 2, 3}))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
    assertThat(failure(http.ocsp(new byte[0]))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
    assertThat(failure(http.get("/ocsp"))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
    assertThat(failure(http.get("/ocsp/not+base64!"))).isEqualTo(OCSPResp.MALFORMED_REQUEST);
    X509Certificate foreign = HeldCertificate.builder().authority(0).build().certificate();
    assertThat(failure(
            http.ocsp(OcspQuestions.request(null, OcspQuestions.sha1(foreign, BigInteger.TEN)))))
        .isEqualTo(OCSPResp.UNAUTHORIZED);
    HttpResponse<byte[]> unknown =
        http.ocsp(OcspQuestions.request(null, OcspQuestions.sha1(issuer, BigInteger.TEN)));
    assertThat(status(unknown)).isInstanceOf(org.bouncycastle.cert.ocsp.UnknownStatus.class);
    assertThat(header(unknown, "Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void badInputChangesNothing() throws Exception {
    http.ocsp(question(device));
    List<String> before = running.registry();
    whatIsNotThereIsSaid();
    ocspSaysWhatItCannotAnswer();
    whatIsNoOcspRequestAtAllIsRefusedByHttp();
    assertThat(running.registry()).isEqualTo(before);
  }

  private static int failure(HttpResponse<byte[]> answer) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    return new OCSPResp(answer.body()).getStatus();
  }

  @Test
  void whatIsNoOcspRequestAtAllIsRefusedByHttp() throws Exception {
    assertThat(raw("POST", "/ocsp", "Content-Type: text/plain\r\nContent-Length: 9\r\n\r\n"))
        .startsWith("HTTP/1.1 415 ")
        .contains("send application/ocsp-request");
    assertThat(raw("POST", "/ocsp", OCSP_TYPE + "Content-Length: 20000\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ")
        .endsWith("the request is longer than 16384 bytes\n");
    assertThat(raw(
            "POST",
            "/ocsp",
            OCSP_TYPE + "Transfer-Encoding: chunked\r\n\r\n4001\r\n" + "M".repeat(0x4001)))
        .startsWith("HTTP/1.1 413 ")
        .endsWith("the request is longer than 16384 bytes\n");
    assertThat(status(http.chunked(question(device)))).isSameAs(CertificateStatus.GOOD);
  }

  /** All that is answered to what is sent, whether or not that is all that was announced. */
  private static String raw(String method, String path, String rest) throws Exception {
    try (Socket socket = open()) {
      String head = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
      socket.getOutputStream().write((head + rest).getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static Socket open() throws Exception {
    Socket socket =
        new Socket("localhost", running.service().statusUri().orElseThrow().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** More of them than there are threads. */
  @Test
  void whoSendsSlowlyKeepsNobodyWaiting() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = open();
        slow.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nContent-Length: 99\r\n\r\n0"
                    .getBytes(ISO_8859_1));
      }
      assertThat(status(http.ocsp(question(device)))).isSameAs(CertificateStatus.GOOD);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
