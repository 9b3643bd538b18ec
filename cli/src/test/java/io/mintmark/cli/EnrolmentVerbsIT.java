package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.EstClient;
import io.mintmark.identity.EstRefusedException;
import io.mintmark.identity.EstRetryLaterException;
import io.mintmark.identity.FleetId;
import io.mintmark.identity.Pem;
import io.mintmark.identity.testing.HeldCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs around fleets that enrol by claim or by approval. */
@Timeout(300)
class EnrolmentVerbsIT {

  @TempDir
  Path folder;

  @Test
  void claimsAndApprovals() throws Exception {
    Path data = folder.resolve("data");
    try (Running up = Running.start(data)) {
      claims(up, data);
      approvals(up, data);
      policies(up);
    }
  }

  private void claims(Running up, Path data) throws Exception {
    apply(up, "fleet: lamps\nenrolment: {mode: claim}\n");
    HeldCertificate shared = HeldCertificate.builder().commonName("claim").build();
    // The key stands in the same file and must not be sent.
    Path file =
        Files.writeString(folder.resolve("claim.pem"), shared.credential().toPem());
    String[] create = {
      "claim", "create", "--fleet", "lamps", "--certificate", file.toString(), "--any-device"
    };
    expect(with(up, create, "--uses", "1", "--for", "30d"), 0, "claim 1 of fleet lamps: 1 uses");
    expect(with(up, create, "--uses", "1", "--for", "30d"), 1, "revoke that first");
    expect(with(up, create, "--uses", "1"), 2, "--until");
    EstClient est = est(up, data, "lamps", shared);
    est.simpleEnroll(CertificateRequest.create(CertificateRequest.newKeyPair(), "lamp-1"));
    assertThatThrownBy(() ->
            est.simpleEnroll(CertificateRequest.create(CertificateRequest.newKeyPair(), "lamp-2")))
        .isInstanceOf(EstRefusedException.class)
        .hasMessageContaining("spent");
    expect(up.mintmark("claim", "list", "--fleet", "lamps"), 0, "spent");
    expect(up.mintmark("claim", "revoke", "--fleet", "lamps", "1"), 0, "claim 1 revoked");
    expect(up.mintmark("claim", "revoke", "--fleet", "lamps", "7"), 1, "no claim 7");
    String end = Instant.now().plusSeconds(3600).toString();
    expect(with(up, create, "--uses", "5", "--until", end), 0, "claim 2", "5 uses");
  }

  private void policies(Running up) {
    String[] device = {"policy", "explain", "--device", "pump-1"};
    expect(with(up, device, "--publish", "up/pump-1", "--qos", "1"), 0, "resolved  up/pump-1");
    expect(with(up, device, "--publish", "up/pump-1", "--retain"), 1, "denied", "retain messages");
    expect(up.mintmark("policy", "explain", "--device", "no-1", "--publish", "a"), 2, "not known");
    String[] apply = {"app", "apply", "jobs", "--subscribe"};
    expect(with(up, apply, "{topic: work/#, qos: 1, shared: only}"), 0, "jobs applied");
    expect(with(up, apply, "{topic: work/#, qso: 1}"), 2, "unknown key 'qso'");
    String[] jobs = {"policy", "explain", "--application", "jobs", "--subscribe"};
    expect(with(up, jobs, "$share/g/work/#", "--qos", "2"), 0, "QoS 1", "shared: only");
  }

  private void approvals(Running up, Path data) throws Exception {
    HeldCertificate factory =
        HeldCertificate.builder().commonName("factory").authority(1).build();
    Files.writeString(folder.resolve("factory-ca.pem"), factory.certificatePem());
    apply(up, """
        fleet: pumps
        factory-cas: [factory-ca.pem]
        enrolment: {mode: approval}
        mqtt: {publish: [{topic: 'up/${device}', qos: 1}]}
        """);
    expect(up.mintmark("fleet", "show", "pumps"), 0, "enrolment: approval", "again: approve");
    for (int i = 1; i <= 2; i++) {
      HeldCertificate bootstrap =
          HeldCertificate.builder().commonName("pump-" + i).signedBy(factory).build();
      EstClient est = est(up, data, "pumps", bootstrap);
      byte[] request = CertificateRequest.create(CertificateRequest.newKeyPair(), "pump-" + i);
      assertThatThrownBy(() -> est.simpleEnroll(request))
          .isInstanceOf(EstRetryLaterException.class);
      String id = Integer.toString(i);
      expect(up.mintmark("approval", "list", "--state", "pending"), 0, "pump-" + i, "pending");
      if (i == 1) {
        expect(up.mintmark("approval", "approve", id), 0, "approval 1 of device pump-1 approved");
        assertThat(est.simpleEnroll(request)).hasSize(1);
      } else {
        expect(up.mintmark("approval", "deny", id, "--reason", "stolen"), 0, "pump-2 denied");
        assertThatThrownBy(() -> est.simpleEnroll(request))
            .isInstanceOf(EstRefusedException.class)
            .hasMessageContaining("denied: stolen");
      }
    }
    expect(up.mintmark("approval", "list", "--fleet", "pumps"), 0, "used", "denied");
    expect(up.mintmark("approval", "approve", "99"), 1, "approval 99 is not known");
    expect(up.mintmark("approval", "list", "--state", "maybe"), 1, "maybe", "pending");
  }

  private void apply(Running up, String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("fleet.yaml"), yaml);
    expect(up.mintmark("fleet", "apply", "-f", file.toString()), 0, "created");
  }

  private static EstClient est(Running up, Path data, String fleet, HeldCertificate shown)
      throws Exception {
    Credential credential = shown.credential();
    return new EstClient(
        EstClient.label(up.service(), new FleetId(fleet)),
        credential.tlsContext(Pem.certificates(Files.readString(data.resolve("trust.pem")))));
  }

  private static Launcher.Result with(Running up, String[] first, String... more) {
    String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return up.mintmark(all);
  }

  private static void expect(Launcher.Result result, int exitCode, String... words) {
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    assertThat(result.all()).contains(words);
  }
}
