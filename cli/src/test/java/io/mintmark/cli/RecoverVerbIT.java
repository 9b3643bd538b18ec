package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.provisioning.ProvisioningConfig;
import io.mintmark.provisioning.ProvisioningService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mintmark backup}, {@code restore} and {@code recover} where no broker is in reach. */
@Timeout(300)
class RecoverVerbIT {

  @TempDir
  Path folder;

  private Path data;
  private Path file;
  private ProvisioningService service;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("data");
    file = folder.resolve("backup.zip");
    service = service();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private ProvisioningService service() throws Exception {
    return ProvisioningService.start(new ProvisioningConfig(
        data,
        null,
        null,
        "127.0.0.1",
        0,
        0,
        ProvisioningConfig.NO_PORT,
        null,
        null,
        Clock.systemUTC()));
  }

  private void expect(int exitCode, List<String> words, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    Launcher.Result result = Verbs.mintmark(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    assertThat(result.all()).contains(words);
  }

  @Test
  void saysWhoIsMissing() throws Exception {
    service.certifyBroker(
        "b1", CertificateRequest.create(CertificateRequest.newKeyPair(), "b1"), List.of("h"));
    expect(0, List.of("there is nothing to recover"), "recover");
    expect(0, List.of("ca/root.p12"), "backup", file.toString());
    expect(2, List.of("is there already"), "backup", file.toString());
    expect(2, List.of("is in use by another Mintmark"), "restore", file.toString());
    service.close();
    expect(2, List.of("is not empty"), "restore", file.toString());
    Files.move(data, folder.resolve("lost"));
    expect(
        0,
        List.of("mintmark.local as it was at", "passphrase  not in it", "mintmark recover"),
        "restore",
        file.toString());
    Files.copy(folder.resolve("lost/passphrase"), data.resolve("passphrase"));
    service = service();
    expect(
        1,
        List.of("1 known brokers have not told", "  b1", "--without"),
        "recover",
        "--wait",
        "1s");
    expect(1, List.of("broker 'b2' is not known"), "recover", "--without", "b1", "--without", "b2");
    expect(
        0,
        List.of("restored from a backup", "no broker had read more", "b1 was left out"),
        "recover",
        "--without",
        "b1");
    expect(0, List.of("there is nothing to recover"), "recover");
  }
}
