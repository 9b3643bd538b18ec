package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.Credential;
import io.mintmark.identity.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.est.CSRAttributesResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What EST allows clients in HTTP, byte by byte, and the default fleet of a service. */
class EstHttpIT {

  private static final String ENROLL = "/.well-known/est/sensors/simpleenroll";

  private static RunningService running;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("service.yaml"), "default-fleet: sensors\n");
    running = RunningService.of(data, "d-1", "d-2", "d-3", "d-4", "d-5");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Credential bootstrap(String device) {
    return running.bootstrap(device).credential();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/pkcs10",
        "Application/PKCS10",
        "application/pkcs10; charset=utf-8",
        "application/pkcs10;charset=\"us-ascii\"; x=y",
        " application/pkcs10 "
      })
  void readsTheMediaTypeAsHttpSays(String mediaType) throws Exception {
    Enrolments.certificate(
        running.device(bootstrap("d-1")).post(ENROLL, mediaType, Enrolments.request("d-1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base64", "binary", "quoted-printable", "7bit"})
  void doesNotLookAtTheTransferEncoding(String encoding) throws Exception {
    for (byte[] body :
        List.of(Enrolments.request("d-2"), Base64.getEncoder().encode(Enrolments.request("d-2")))) {
      Enrolments.certificate(running
          .device(bootstrap("d-2"))
          .post(ENROLL, "application/pkcs10", body, "Content-Transfer-Encoding: " + encoding));
    }
  }

  @Test
  void readsABodyInChunks() throws Exception {
    String body = Base64.getMimeEncoder().encodeToString(Enrolments.request("d-3"));
    StringBuilder request = new StringBuilder(head("Transfer-Encoding: chunked"));
    for (int i = 0; i < body.length(); i += 50) {
      String chunk = body.substring(i, Math.min(i + 50, body.length()));
      request.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk);
      request.append("\r\n");
    }
    request.append("0\r\n\r\n");
    Enrolments.certificate(
        running.device(bootstrap("d-3")).raw(request.toString().getBytes(US_ASCII)));
  }

  @Test
  void tellsAClientThatWaitsToGoOn() throws Exception {
    byte[] body = Base64.getEncoder().encode(Enrolments.request("d-4"));
    try (SSLSocket socket = running.device(bootstrap("d-4")).connect()) {
      send(socket, head("Expect: 100-continue", "Content-Length: " + body.length));
      InputStream in = socket.getInputStream();
      byte[] go = in.readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
      assertThat(new String(go, US_ASCII)).startsWith("HTTP/1.1 100 ");
      socket.getOutputStream().write(body);
      Enrolments.certificate(RawHttps.parse(RawHttps.readAll(in)));
    }
  }

  private static void send(SSLSocket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String head(String... headers) {
    return "POST " + ENROLL + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + "Content-Type: application/pkcs10\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  @Test
  void namesTheMethodsThereAre() throws Exception {
    for (String method : List.of("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH")) {
      RawHttps.Answer answer =
          running.device(null).send(method, "/.well-known/est/sensors/cacerts", null);
      assertThat(answer.status()).as(method).isEqualTo(405);
      assertThat(answer.header("Allow")).isEqualTo("GET, POST");
    }
    assertThat(running.device(null).get(ENROLL).header("Allow")).isEqualTo("POST");
    assertThat(running
            .device(null)
            .send("HEAD", "/.well-known/est/sensors/cacerts", null)
            .bytes())
        .isEmpty();
  }

  @Test
  void neverAsksForAPassword() throws Exception {
    RawHttps.Answer answer = RunningService.expect(
        403,
        running
            .device(null)
            .post(
                ENROLL,
                "application/pkcs10",
                Enrolments.request("d-1"),
                "Authorization: Basic ZXN0dXNlcjplc3Rwd2Q="));
    assertThat(answer.header("WWW-Authenticate")).isNull();
  }

  @Test
  void sendsNoBodyWithA202ToWhoDoesNotReadText() throws Exception {
    running.applyEnrolment("pumps", "{mode: approval}");
    for (String accept : List.of("X-None: 1", "Accept: application/pkcs7-mime")) {
      RawHttps.Answer answer = RunningService.expect(
          202,
          running
              .device(bootstrap("p-1"))
              .post(
                  "/.well-known/est/pumps/simpleenroll",
                  "application/pkcs10",
                  Enrolments.request("p-1"),
                  accept));
      assertThat(answer.header("Retry-After")).isNotNull();
      assertThat(answer.bytes()).isEmpty();
    }
  }

  @Test
  void asksForTheBindingItRequires() throws Exception {
    running.applyEnrolment("bound", "{mode: open, channel-binding: required}");
    for (String fleet : List.of("bound", "sensors")) {
      byte[] der = Base64.getMimeDecoder()
          .decode(RunningService.expect(
                  200, running.device(null).get("/.well-known/est/" + fleet + "/csrattrs"))
              .bytes());
      assertThat(new CSRAttributesResponse(der)
              .hasRequirement(PKCSObjectIdentifiers.pkcs_9_at_challengePassword))
          .isEqualTo(fleet.equals("bound"));
    }
  }

  @Test
  void servesTheDefaultFleetWithoutALabel() throws Exception {
    X509Certificate certificate = Enrolments.certificate(running
        .device(bootstrap("d-5"))
        .post("/.well-known/est/simpleenroll", "application/pkcs10", Enrolments.request("d-5")));
    assertThat(Identity.of(certificate).spiffeId())
        .isEqualTo("spiffe://mintmark.local/fleet/sensors/device/d-5");
    assertThat(running.device(null).get("/.well-known/est/csrattrs").body())
        .isEqualTo(running.device(null).get("/.well-known/est/sensors/csrattrs").body());
    RawHttps.Answer off = RunningService.expect(
        404,
        running
            .device(bootstrap("d-5"))
            .post(
                "/.well-known/est/serverkeygen", "application/pkcs10", Enrolments.request("d-5")));
    assertThat(off.body()).contains("fleet 'sensors' has no serverkeygen");
  }
}
