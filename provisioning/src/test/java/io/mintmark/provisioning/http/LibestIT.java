package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import io.mintmark.identity.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests byte by byte as Cisco's libest (est_client.c) writes them: one TLS record, {@code
 * Connection: close}, base64 in lines of 64 and a spare line end behind each request; and the
 * answers as it reads them: {@code Content-Type} and {@code Content-Length} spelled so, the media
 * type first in its header, at most 1024 bytes of attributes.
 */
class LibestIT {

  private static final String HEAD = """
      %s /.well-known/est%s/%s HTTP/1.1
      User-Agent: libest 3.2.0p
      Connection: close
      Host: localhost:%d
      Accept: */*
      """.replace("\n", "\r\n");

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), "default-fleet: sensors\n");
    running = RunningService.of(data, "d-1", "d-2", "d-3", "d-4");
    running.applyEnrolment("sensors", "{mode: manifest, server-keygen: true}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String head(String method, String label, String operation) {
    return HEAD.formatted(
        method, label, operation, running.service().deviceUri().getPort());
  }

  private static RawHttps.Answer get(String label, String operation) throws IOException {
    String request = head("GET", label, operation) + "\r\n\r\n";
    return read(running.device(null).raw(request.getBytes(US_ASCII)));
  }

  private static RawHttps.Answer post(
      Credential shown, String label, String operation, byte[] csr, String... headers)
      throws IOException {
    byte[] body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(csr);
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes((head("POST", label, operation)
            + "Content-Type: application/pkcs10\r\n"
            + String.join("", headers)
            + "Content-Length: "
            + (body.length + 1)
            + "\r\n\r\n")
        .getBytes(US_ASCII));
    request.writeBytes(body);
    request.writeBytes("\n\r\n".getBytes(US_ASCII));
    return read(running.device(shown).raw(request.toByteArray()));
  }

  private static RawHttps.Answer read(RawHttps.Answer answer) {
    RunningService.expect(200, answer);
    assertThat(answer.header("Content-Length")).isEqualTo("" + answer.bytes().length);
    assertThat(answer.header("Transfer-Encoding")).isNull();
    return answer;
  }

  private static List<X509Certificate> certificates(RawHttps.Answer answer) {
    assertThat(answer.header("Content-Type")).startsWith("application/pkcs7-mime");
    return Pem.pkcs7(Base64.getMimeDecoder().decode(answer.bytes()));
  }

  private static Credential bootstrap(String device) {
    return running.bootstrap(device).credential();
  }

  @Test
  void getsTheCaCertificatesAndTheAttributes() throws Exception {
    for (String label : List.of("", "/sensors")) {
      assertThat(certificates(get(label, "cacerts")))
          .containsAll(running.service().trustAnchors());
      RawHttps.Answer attributes = get(label, "csrattrs");
      assertThat(attributes.header("Content-Type")).isEqualTo("application/csrattrs");
      assertThat(attributes.bytes()).hasSizeLessThan(1024);
      assertThat(org.bouncycastle.asn1.est.CsrAttrs.getInstance(
                  Base64.getMimeDecoder().decode(attributes.bytes()))
              .size())
          .isEqualTo(2);
    }
  }

  @Test
  void enrolsAndRenews() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    List<X509Certificate> answer = certificates(
        post(bootstrap("d-1"), "/sensors", "simpleenroll", CertificateRequest.create(keys, "d-1")));
    assertThat(answer).hasSize(1);
    Credential first = new Credential(keys.getPrivate(), answer);
    byte[] renewal = CertificateRequest.renew(CertificateRequest.newKeyPair(), first.certificate());
    X509Certificate next =
        certificates(post(first, "/sensors", "simplereenroll", renewal)).get(0);
    assertThat(Identity.of(next)).isEqualTo(first.identity());
  }

  @Test
  void enrolsWithoutAPathSegmentAsOlderReleasesDo() throws Exception {
    X509Certificate certificate = certificates(post(
            bootstrap("d-2"),
            "",
            "simpleenroll",
            Enrolments.request("d-2"),
            "Content-Transfer-Encoding: base64\r\n"))
        .get(0);
    assertThat(Identity.of(certificate).spiffeId())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-2");
  }

  @Test
  void hasItsKeyMade() throws Exception {
    ServerKeygenIT.credential(
        post(bootstrap("d-3"), "/sensors", "serverkeygen", Enrolments.request("d-3")));
  }

  /** curl and Go's clients keep the connection: /cacerts, then the enrolment. */
  @Test
  void asksTwiceOnOneConnection() throws Exception {
    byte[] csr = Base64.getEncoder().encode(Enrolments.request("d-4"));
    String requests = "GET /.well-known/est/sensors/cacerts HTTP/1.1\r\nHost: localhost\r\n\r\n"
        + "POST /.well-known/est/sensors/simpleenroll HTTP/1.1\r\nHost: localhost\r\n"
        + "Connection: close\r\nContent-Type: application/pkcs10\r\nContent-Length: "
        + csr.length
        + "\r\n\r\n"
        + new String(csr, US_ASCII);
    try (SSLSocket socket = running.device(bootstrap("d-4")).connect()) {
      socket.getOutputStream().write(requests.getBytes(US_ASCII));
      String both = new String(RawHttps.readAll(socket.getInputStream()), US_ASCII);
      assertThat(both.split("HTTP/1.1 200 OK\r\n", -1)).hasSize(3);
      assertThat(both).contains("application/pkcs7-mime; smime-type=certs-only");
    }
  }
}
