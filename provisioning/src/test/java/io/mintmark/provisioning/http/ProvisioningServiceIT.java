package io.mintmark.provisioning.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Credential;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import io.mintmark.provisioning.Refusal;
import io.mintmark.provisioning.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting and stopping the service, and what keeps it from starting. */
class ProvisioningServiceIT {

  @TempDir
  private Path folder;

  private static StartException refusedToStart(ProvisioningConfig config) {
    StartException refused = catchThrowableOfType(StartException.class, () -> {
      try (ProvisioningService service = ProvisioningService.start(config)) {
        throw new AssertionError("it started at " + service.deviceUri());
      }
    });
    assertThat(refused).isNotNull();
    assertThat(refused.getMessage()).hasLineCount(1);
    return refused;
  }

  @Test
  void saysWhereItIs() throws Exception {
    try (ProvisioningService service =
        ProvisioningService.start(RunningService.config(folder, 0, 0))) {
      JsonNode endpoints =
          new ObjectMapper().readTree(folder.resolve("endpoints.json").toFile());
      assertThat(endpoints.get("service").asText())
          .isEqualTo(service.deviceUri().toString());
      assertThat(endpoints.get("operator").asText())
          .isEqualTo(service.operatorUri().toString());
      assertThat(service.deviceUri().toString()).matches("https://localhost:[0-9]+");
      assertThat(service.operatorUri()).isNotEqualTo(service.deviceUri());
      assertThat(service.trustDomain()).isEqualTo(new TrustDomain("mintmark.local"));
      assertThat(service.trustAnchors()).hasSize(1);
    }
  }

  @Test
  void putsAnIpv6HostInBrackets() throws Exception {
    ProvisioningConfig config = new ProvisioningConfig(
        folder,
        null,
        List.of("::1"),
        "127.0.0.1",
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC());
    try (ProvisioningService service = ProvisioningService.start(config)) {
      assertThat(service.deviceUri().toString()).startsWith("https://[::1]:");
    }
  }

  @Test
  void goesOnWhereItWasInTheSameProcess() throws Exception {
    try (RunningService running = RunningService.of(folder, "d-1")) {
      KeyPair keys = CertificateRequest.newKeyPair();
      Credential current = new Credential(
          keys.getPrivate(),
          running
              .est(running.bootstrap("d-1").credential())
              .simpleEnroll(CertificateRequest.create(keys, "d-1")));
      List<?> anchors = running.service().trustAnchors();
      String token = running.token();
      for (int i = 0; i < 2; i++) {
        running.stop();
        running.start();
        assertThat(running.service().trustAnchors()).isEqualTo(anchors);
        assertThat(running.token()).isEqualTo(token);
        KeyPair next = CertificateRequest.newKeyPair();
        current = new Credential(
            next.getPrivate(),
            running
                .est(current)
                .simpleReenroll(CertificateRequest.renew(next, current.certificate())));
      }
    }
  }

  @Test
  void leavesNothingBehindWhenItStops() throws Exception {
    ProvisioningService service = ProvisioningService.start(RunningService.config(folder, 0, 0));
    int port = service.deviceUri().getPort();
    service.close();
    service.close();
    assertFree(port);
    await()
        .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
            .noneMatch(thread -> thread.getName().startsWith("mintmark-")));
  }

  private static void assertFree(int port) throws IOException {
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(refusedToStart(RunningService.config(folder, port, 0)))
          .hasMessageContaining("port 127.0.0.1:" + port + " for devices")
          .hasMessageContaining("in use");
      assertThat(refusedToStart(RunningService.config(folder, 0, port)))
          .hasMessageContaining("port 127.0.0.1:" + port + " for operators")
          .hasMessageContaining("choose another port with --operator-port");
      ProvisioningConfig status = new ProvisioningConfig(
          folder, null, null, "127.0.0.1", 0, 0, port, null, null, Clock.systemUTC());
      assertThat(refusedToStart(status))
          .hasMessageContaining("port 127.0.0.1:" + port + " for CRLs and OCSP")
          .hasMessageContaining("choose another port with --status-port");
    }
    // Nothing was left open: the folder can be taken and the service runs.
    ProvisioningService.start(RunningService.config(folder, 0, 0)).close();
  }

  @Test
  void refusesAnAddressThatIsNotThisMachines() {
    for (String address : List.of("192.0.2.1", "no-such-host.invalid")) {
      ProvisioningConfig config = new ProvisioningConfig(
          folder,
          null,
          null,
          address,
          0,
          0,
          ProvisioningConfig.NO_PORT,
          null,
          null,
          Clock.systemUTC());
      assertThat(refusedToStart(config)).hasMessageContaining(address);
    }
  }

  @Test
  void refusesAFolderAnotherOneUses() throws Exception {
    try (ProvisioningService service =
        ProvisioningService.start(RunningService.config(folder, 0, 0))) {
      assertThat(service.trustAnchors()).isNotEmpty();
      assertThat(refusedToStart(RunningService.config(folder, 0, 0)))
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void refusesAFolderOfANewerVersion() throws Exception {
    Files.writeString(folder.resolve("version"), "2\n");
    assertThat(refusedToStart(RunningService.config(folder, 0, 0)))
        .hasMessageContaining("version 2");
    assertThat(folder.resolve("registry.db")).doesNotExist();
  }

  @Test
  void refusesAFolderItCannotMake() throws Exception {
    // A file in its place: that stops even root, whom no file mode stops.
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(refusedToStart(RunningService.config(file.resolve("data"), 0, 0)))
        .hasMessageContaining(file.resolve("data").toString());
    assertThat(refusedToStart(RunningService.config(file, 0, 0)))
        .hasMessageContaining(file.toString());
  }

  @Test
  void refusesAFolderItCannotWrite() throws Exception {
    Path locked = Files.createDirectory(
        folder.resolve("locked"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    // Root may write where the mode says no, but it cannot make a folder in /proc.
    Path data = Files.isWritable(locked) ? Path.of("/proc/mintmark") : locked;
    assertThat(refusedToStart(RunningService.config(data, 0, 0)))
        .hasMessageContaining(data.toString());
  }

  @Test
  void refusesAnotherTrustDomain() throws Exception {
    ProvisioningService.start(RunningService.config(folder, 0, 0)).close();
    ProvisioningConfig other = new ProvisioningConfig(
        folder,
        new TrustDomain("example.org"),
        null,
        "127.0.0.1",
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC());
    assertThat(refusedToStart(other)).hasMessageContaining("example.org");
  }

  @Test
  void certifiesTheBrokerOfItsOwnProcess() throws Exception {
    try (ProvisioningService service =
        ProvisioningService.start(RunningService.config(folder, 0, 0))) {
      byte[] request = CertificateRequest.create(CertificateRequest.newKeyPair(), "b-1");
      assertThat(service.certifyBroker("b-1", request, List.of("localhost", "127.0.0.1")))
          .hasSize(2);
      assertThatThrownBy(() -> service.certifyBroker("b-1", new byte[] {1}, List.of("localhost")))
          .isInstanceOf(Refusal.class);
      assertThatThrownBy(() -> service.certifyBroker("b-2", request, List.of("localhost")))
          .isInstanceOf(Refusal.class);
    }
  }
}
