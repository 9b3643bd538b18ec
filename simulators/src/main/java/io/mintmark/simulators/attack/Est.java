package io.mintmark.simulators.attack;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** EST byte by byte (RFC 7030), for requests no honest device sends. */
final class Est {

  static final String ENROL = "/simpleenroll";
  static final String RENEW = "/simplereenroll";
  private static final String PKCS10 = "application/pkcs10";

  private Est() {}

  /** The path of a fleet's label. */
  static String label(FleetId fleet) {
    return "/.well-known/est/" + fleet;
  }

  /**
   * Sends a request.
   *
   * @param shown null for no certificate
   * @param request DER
   */
  static HttpAnswer ask(
      Stage stage, Credential shown, FleetId fleet, String operation, byte[] request)
      throws IOException {
    return stage
        .ground()
        .service(shown)
        .post(label(fleet) + operation, PKCS10, Base64.getMimeEncoder().encode(request));
  }

  /** A request for a first certificate with a new key. */
  static byte[] first(String commonName) {
    return CertificateRequest.create(CertificateRequest.newKeyPair(), commonName);
  }

  /** What was issued, leaf first. */
  static List<X509Certificate> issued(HttpAnswer answer) throws IOException {
    try {
      return Pem.pkcs7(Base64.getMimeDecoder().decode(answer.body()));
    } catch (IllegalArgumentException e) {
      throw new IOException("what was issued is no certificate: " + e.getMessage(), e);
    }
  }

  /**
   * That the same request, made as it should be, is answered with a certificate.
   *
   * @throws IOException if it is not: a refusal would say nothing then
   */
  static void control(Stage stage) throws IOException {
    Ground ground = stage.ground();
    ground.require("a device that may enrol was refused a certificate", () -> {
      String id = ground.nextSpare().value();
      HttpAnswer answer = ask(
          stage,
          ground.bootstrap(new io.mintmark.identity.DeviceId(id)),
          ground.fleet(""),
          ENROL,
          first(id));
      return answer.status() == 200 && !issued(answer).isEmpty();
    });
  }
}
