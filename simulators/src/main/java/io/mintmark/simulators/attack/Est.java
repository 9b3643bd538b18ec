package io.mintmark.simulators.attack;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.DeviceId;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** EST byte by byte (RFC 7030), for requests no honest device sends. */
final class Est {

  static final String ENROL = "/simpleenroll";
  static final String RENEW = "/simplereenroll";

  /** RFC 5280, sections 4.2.1.3 and 4.2.1.12. */
  private static final int KEY_CERT_SIGN = 5;

  private static final String CLIENT = "1.3.6.1.5.5.7.3.2";
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

  /** A certificate as a header has it (RFC 9440, section 2.1). */
  static String body(X509Certificate certificate) throws IOException {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IOException("a certificate cannot be written", e);
    }
  }

  /** A request by a device's id. */
  interface Making {
    byte[] request(String id) throws Exception;
  }

  /**
   * By a device that may enrol, a request that it may not make: refused, or issued as if nothing but
   * its own had been asked for.
   */
  static Verdict harmless(Stage stage, Making making) throws Exception {
    control(stage);
    Ground ground = stage.ground();
    DeviceId id = ground.nextSpare();
    HttpAnswer answer =
        ask(stage, ground.bootstrap(id), ground.fleet(""), ENROL, making.request(id.value()));
    if (answer.status() != 200) {
      return answer.refused(400, 403);
    }
    X509Certificate issued = issued(answer).get(0);
    String own = ground.identity("", id.value()).spiffeId();
    return isFor(issued, id.value(), own)
            && !issued.getPublicKey().equals(stage.intruder().certificate().getPublicKey())
        ? Verdict.held("issued for " + own + ", and nothing of what was asked for")
        : Verdict.leak("200, issued: " + issued.getSubjectX500Principal() + ", "
            + issued.getSubjectAlternativeNames());
  }

  /** The same, a request that is not to be issued in any way. */
  static Verdict refused(Stage stage, Making making) throws Exception {
    control(stage);
    Ground ground = stage.ground();
    DeviceId id = ground.nextSpare();
    return ask(stage, ground.bootstrap(id), ground.fleet(""), ENROL, making.request(id.value()))
        .refused(400, 403);
  }

  private static boolean isFor(X509Certificate issued, String id, String spiffeId)
      throws GeneralSecurityException {
    boolean[] usage = issued.getKeyUsage();
    List<String> purposes = issued.getExtendedKeyUsage();
    return issued.getBasicConstraints() < 0
        && issued.getSubjectAlternativeNames() != null
        && issued.getSubjectAlternativeNames().size() == 1
        && issued.getSubjectAlternativeNames().toString().contains(spiffeId)
        && issued.getSubjectX500Principal().getName().equals("CN=" + id)
        && issued.getPublicKey().getAlgorithm().equals("EC")
        && (usage == null || !usage[KEY_CERT_SIGN])
        && (purposes == null || Set.of(CLIENT).containsAll(purposes));
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
      HttpAnswer answer =
          ask(stage, ground.bootstrap(new DeviceId(id)), ground.fleet(""), ENROL, first(id));
      return answer.status() == 200 && !issued(answer).isEmpty();
    });
  }
}
