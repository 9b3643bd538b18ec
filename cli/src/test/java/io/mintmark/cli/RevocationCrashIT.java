package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bulk run that SIGKILL meets in the middle of a batch. */
@Timeout(300)
class RevocationCrashIT {

  private static final int DEVICES = 2_000;

  /** Of the fifth batch, the middle: this device takes SQLite longer than the test lasts. */
  private static final String STUCK = """
      create trigger stuck before update of state on devices when new.id = 'd-01125' begin
        select count(*) from certificates a, certificates b, certificates c
        where a.serial < b.serial and b.serial < c.serial;
      end
      """;

  @TempDir
  Path folder;

  @Test
  void goesOnByItselfWhereTheLastWholeBatchEnded() throws Exception {
    Path data = folder.resolve("data");
    Path fleet =
        Files.writeString(folder.resolve("fleet.yaml"), "fleet: many\nenrolment: {mode: claim}\n");
    try (SeededFleet registry = killedInTheMiddle(data, fleet)) {
      assertThat(registry.number("select done from revocation_runs")).isEqualTo(1_000);
      requireDone(registry, 1_000);
      registry.execute("drop trigger stuck");
      try (Running service = start(data)) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(200))
            .until(
                () -> service.mintmark("revocation", "show", "1").out().contains("finishedAt: "));
        requireDone(registry, DEVICES);
        assertThat(registry.number("select done from revocation_runs")).isEqualTo(DEVICES);
        assertThat(service.mintmark("revocation", "list").out())
            .contains("keyCompromise", "many", "2000");
        Launcher.Result again = service.mintmark("revocation", "resume", "1");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("run 1 (revoke fleet many) was done at");
        Awaitility.await()
            .pollInterval(Duration.ofMillis(200))
            .until(() -> onCrl(data, registry), n -> n == DEVICES);
      }
    }
  }

  private SeededFleet killedInTheMiddle(Path data, Path fleet) throws Exception {
    try (Running service = start(data)) {
      assertThat(service.mintmark("fleet", "apply", "-f", fleet.toString()).exitCode())
          .isZero();
      SeededFleet registry = new SeededFleet(data);
      registry.add("many", DEVICES);
      registry.execute(STUCK);
      CompletableFuture<Launcher.Result> command = CompletableFuture.supplyAsync(
          () -> service.mintmark("fleet", "revoke", "many", "--reason", "keyCompromise"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> registry.number("select coalesce(max(done), 0) from revocation_runs") == 1_000);
      service.kill();
      Launcher.Result lost = command.get(60, TimeUnit.SECONDS);
      assertThat(lost.exitCode()).isEqualTo(2);
      assertThat(lost.err()).contains("run 1: revoke 2000 devices of fleet many; it goes on if");
      return registry;
    }
  }

  private static Running start(Path data) throws Exception {
    return Running.provisioning(data, "0");
  }

  /** Each of so many devices once in everything that changes together, and nobody else in any. */
  private static void requireDone(SeededFleet registry, int devices) throws Exception {
    for (String what : new String[] {
      "devices where state = 'revoked' and barred_reason = 'keyCompromise' and barred_by = 1",
      "certificates where state = 'revoked' and reason = 'keyCompromise'",
      "feed where subject like 'identity:%/device/%'",
      "feed where subject like 'serial:%'",
      "(select distinct subject from audit where action = 'device.revoked')",
      "audit where action = 'device.revoked'"
    }) {
      assertThat(registry.number("select count(*) from " + what)).as(what).isEqualTo(devices);
    }
  }

  private static int onCrl(Path data, SeededFleet registry) throws Exception {
    String base = new ObjectMapper()
        .readTree(data.resolve("endpoints.json").toFile())
        .required("status")
        .asText();
    String issuer = registry.text("select id from issuers where role = 'issuing'");
    try (InputStream in = URI.create(base + "/crl/" + issuer + ".crl").toURL().openStream()) {
      X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      return crl.getRevokedCertificates() == null
          ? 0
          : crl.getRevokedCertificates().size();
    }
  }
}
