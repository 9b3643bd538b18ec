package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Devices that enrol in one fleet of a running service, and what comes of it. */
final class Enrolments {

  private final RunningService running;
  private final String fleet;

  Enrolments(RunningService running, String fleet) {
    this.running = running;
    this.fleet = fleet;
  }

  static byte[] request(String device) {
    return request(CertificateRequest.newKeyPair(), device);
  }

  static byte[] request(KeyPair keys, String device) {
    return CertificateRequest.create(keys, device);
  }

  /** Asks once, with the device's bootstrap certificate and a new key. */
  RawHttps.Answer ask(String device) throws IOException {
    return ask(running.bootstrap(device), request(device));
  }

  RawHttps.Answer ask(HeldCertificate shown, byte[] request) throws IOException {
    return ask(shown.credential(), request);
  }

  RawHttps.Answer ask(Credential shown, byte[] request) throws IOException {
    return running.enroll(fleet, shown, request);
  }

  /** Requires a certificate. */
  static X509Certificate certificate(RawHttps.Answer answer) {
    RunningService.expect(200, answer);
    return Pem.pkcs7(Base64.getMimeDecoder().decode(answer.bytes())).get(0);
  }

  /** Requires a refusal that says so, and that left the registry as it was. */
  void refused(int status, HeldCertificate shown, byte[] request, String... words)
      throws Exception {
    List<String> before = running.registry();
    RawHttps.Answer answer = ask(shown, request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(words).hasLineCount(1);
    assertThat(running.registry()).isEqualTo(before);
  }

  /** Requires a 202 with a time to wait for. */
  static void pending(RawHttps.Answer answer) {
    RunningService.expect(202, answer);
    assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 600);
    assertThat(answer.body()).contains("pending").hasLineCount(1);
  }

  /** The fleet's approvals in a state. */
  JsonNode approvals(String state) throws IOException {
    return running.read("/api/v1/approvals?fleet=" + fleet + "&state=" + state).get("approvals");
  }

  /** The approval of a device in a state. */
  JsonNode approval(String state, String device) throws IOException {
    for (JsonNode approval : approvals(state)) {
      if (approval.get("device").asText().equals(device)) {
        return approval;
      }
    }
    throw new AssertionError("nothing " + state + " of " + device);
  }

  /** The actions of the audit rows about a subject, oldest first. */
  List<String> audited(String subject) throws IOException {
    List<String> actions = new ArrayList<>();
    for (JsonNode row : running.read("/api/v1/audit?limit=1000").get("rows")) {
      if (row.get("subject").asText().equals(subject)) {
        actions.add(row.get("action").asText());
      }
    }
    return actions;
  }
}
