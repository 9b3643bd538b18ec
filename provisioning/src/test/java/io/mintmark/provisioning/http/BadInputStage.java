package io.mintmark.provisioning.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Map;

/** A running service, and those who send it what it must turn away. */
final class BadInputStage implements AutoCloseable {

  /** One row of the table. */
  @FunctionalInterface
  interface Sending {
    RawHttps.Answer send() throws Exception;
  }

  static final String ENROLL = "/.well-known/est/sensors/simpleenroll";
  static final String RENEW = "/.well-known/est/sensors/simplereenroll";
  static final String PKCS10 = "application/pkcs10";

  final RunningService running;
  final KeyPair keys = CertificateRequest.newKeyPair();

  /** What would be granted to {@code d-1}, who has not enrolled. */
  final byte[] request = CertificateRequest.create(keys, "d-1");

  final Credential bootstrap;

  /** Of {@code d-2}, good for renewing. */
  final Credential current;

  /** Of the device that was enrolled thrice, the first one. */
  final Credential superseded;

  final Credential revoked;
  final Credential suspended;
  final HeldCertificate claim = HeldCertificate.builder().commonName("claim").build();

  BadInputStage(Path data) throws Exception {
    running = RunningService.of(data, "d-1", "d-2", "d-3", "d-revoked", "d-suspended");
    running.applyFleet("others", "1h");
    running.importManifest(
        "sensors",
        "device,pin\nd-pinned,spki-sha256:" + "ab".repeat(32) + "\nd-pinned-2,cert-sha256:"
            + "cd".repeat(32) + "\n");
    bootstrap = running.bootstrap("d-1").credential();
    current = enrolled("d-2");
    superseded = enrolled("d-3");
    enrolled("d-3");
    enrolled("d-3");
    revoked = enrolled("d-revoked");
    suspended = enrolled("d-suspended");
    running.post("/api/v1/devices/d-revoked/revoke");
    running.post("/api/v1/devices/d-suspended/suspend");
    running.applyEnrolment("lamps", "{mode: claim}");
    running.importManifest("lamps", "device,pin\nlamp-1,\nlamp-2,\n");
    running.applyEnrolment("tags", "{mode: open, device-id: san-dns}");
    running.applyEnrolment("keys", "{mode: open, server-keygen: true}");
    running.applyEnrolment("locks", "{mode: manifest, again: deny}");
    running.importManifest("locks", "device,pin\nlock-1,\n");
    RunningService.expect(
        200, running.enroll("locks", running.bootstrap("lock-1").credential(), request("lock-1")));
    String body = new ObjectMapper()
        .writeValueAsString(Map.of(
            "certificate", claim.certificatePem(), "uses", 1, "endsAt", "2999-01-01T00:00:00Z"));
    RunningService.expect(
        200, running.operate("POST", "/api/v1/fleets/lamps/claims", "application/json", body));
  }

  private Credential enrolled(String device) throws Exception {
    KeyPair own = CertificateRequest.newKeyPair();
    return new Credential(
        own.getPrivate(),
        running
            .est(running.bootstrap(device).credential())
            .simpleEnroll(CertificateRequest.create(own, device)));
  }

  static byte[] request(String name) {
    return CertificateRequest.create(CertificateRequest.newKeyPair(), name);
  }

  static byte[] renewal(Credential of) {
    return CertificateRequest.renew(CertificateRequest.newKeyPair(), of.certificate());
  }

  /** A bootstrap certificate of the factory's, to be made bad. */
  HeldCertificate.Builder signed(String device) {
    return HeldCertificate.builder().commonName(device).signedBy(running.factory);
  }

  RawHttps.Answer enroll(Credential peer, byte[] body) throws Exception {
    return running.device(peer).post(ENROLL, PKCS10, body);
  }

  RawHttps.Answer renew(Credential peer, byte[] body) throws Exception {
    return running.device(peer).post(RENEW, PKCS10, body);
  }

  @Override
  public void close() {
    running.close();
  }
}
