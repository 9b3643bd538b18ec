package io.mintmark.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Pem;
import io.mintmark.provisioning.Issuer.State;
import io.mintmark.provisioning.audit.AuditCheck;
import io.mintmark.provisioning.audit.AuditRow;
import io.mintmark.provisioning.audit.Checkpoint;
import io.mintmark.provisioning.audit.CheckpointFile;
import io.mintmark.provisioning.audit.ExportFile;
import io.mintmark.provisioning.audit.ExportWriter;
import io.mintmark.provisioning.audit.Finding;
import io.mintmark.provisioning.ca.KeyIds;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.sql.AuditTable;
import io.mintmark.provisioning.sql.RegistryAudit;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the audit log is signed, by whom, and what of it survives. */
class AuditCheckpointsTest {

  @TempDir
  Path folder;

  private TestInstallation installation;

  @BeforeEach
  void start() throws Exception {
    installation = new TestInstallation(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    installation.close();
  }

  private AuditCheckpoints checkpoints() {
    return installation.get().audit().checkpoints();
  }

  private long lastRow() {
    List<AuditRow> rows = installation.get().audit().after(0, 1000);
    return rows.get(rows.size() - 1).sequence();
  }

  private List<Long> signed() {
    return checkpoints().after(0, 1000).stream().map(Checkpoint::sequence).toList();
  }

  private static AuditCheck.Result check(Path data) throws Exception {
    return check(data, Pem.certificates(Files.readString(data.resolve("trust.pem"))));
  }

  private static AuditCheck.Result check(Path data, List<X509Certificate> anchors)
      throws Exception {
    AuditCheck check = new AuditCheck(anchors, file(data).read(), true);
    RegistryAudit.read(data.resolve("registry.db"), 0, check);
    return check.end();
  }

  private static CheckpointFile file(Path data) {
    return new CheckpointFile(data.resolve(CheckpointFile.NAME));
  }

  @Test
  void atTheStartWhenItIsTimeAndAtTheEnd() throws Exception {
    long first = signed().get(0);
    installation.manifest("d-1");
    checkpoints().sign();
    checkpoints().sign();
    assertThat(signed()).containsExactly(first, lastRow());
    installation.manifest("d-2");
    long last = lastRow();
    installation.restart();
    assertThat(signed()).hasSize(3).endsWith(last);
    assertThat(file(installation.folder).read()).isEqualTo(checkpoints().after(0, 1000));
  }

  @Test
  void whenManyRowsWereAdded() throws Exception {
    installation.get().registry().write(tx -> {
      for (int i = 0; i < AuditCheckpoints.ROWS; i++) {
        installation.get().audit().add(tx, "o", "test.row", "s-" + i, null);
      }
      return null;
    });
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> signed().size() == 2);
  }

  @Test
  void afterACrashBetweenARowAndItsCheckpoint() throws Exception {
    installation.manifest("d-1");
    long last = lastRow();
    Path crashed = copy();
    assertThat(check(crashed)).satisfies(r -> {
      assertThat(r.findings()).isEmpty();
      assertThat(r.covering().sequence()).isLessThan(last);
      assertThat(r.last()).isEqualTo(last);
    });
    restartFrom(crashed);
    assertThat(signed()).endsWith(last);
    assertThat(check(crashed).findings()).isEmpty();
  }

  @Test
  void afterACrashBetweenACheckpointAndItsLine() throws Exception {
    installation.manifest("d-1");
    checkpoints().sign();
    Path crashed = copy();
    Path lines = crashed.resolve(CheckpointFile.NAME);
    String whole = Files.readString(lines);
    Files.writeString(lines, whole.substring(0, whole.length() - 30));
    assertThat(check(crashed).findings()).isEmpty();
    restartFrom(crashed);
    assertThat(Files.readString(lines)).startsWith(whole);
    assertThat(check(crashed).findings()).isEmpty();
  }

  /** The files as a process that is killed now would leave them. */
  private Path copy() throws IOException {
    Path crashed = folder.resolve("crashed");
    try (var files = Files.walk(installation.folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("lock") && !file.toString().endsWith("-shm")) {
          Path target = crashed.resolve(installation.folder.relativize(file).toString());
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
    return crashed;
  }

  private void restartFrom(Path crashed) throws Exception {
    installation.close();
    installation = new TestInstallation(crashed);
  }

  @Test
  void goesOnAfterAChangeThatWasUndone() throws Exception {
    assertThatThrownBy(() -> installation.get().registry().write(tx -> {
          installation.get().audit().add(tx, "o", "test.undone", "s", null);
          throw new Refusal(Refusal.Kind.CONFLICT, "no");
        }))
        .isInstanceOf(Refusal.class);
    installation.manifest("d-1");
    installation.stop();
    assertThat(check(installation.folder).findings()).isEmpty();
    installation.start();
  }

  @Test
  void byEachCaInItsTime() throws Exception {
    List<X509Certificate> oldRoot = installation.get().authority().trustAnchors();
    String old = installation.get().authority().issuingKeyId();
    String oldRootId =
        installation.get().authority().hierarchy().issuers().get(0).id();
    String root = installation.get().caPreparer().root(false, "o");
    installation.get().caActivator().activate(root, true, "o");
    String issuing = installation.get().caPreparer().issuing("o");
    installation.get().caActivator().activate(issuing, true, "o");
    installation.get().caRetirer().retire(oldRootId, true, "o");
    installation.stop();
    assertThat(file(installation.folder).read())
        .extracting(Checkpoint::key)
        .containsExactly(old, issuing);
    // By the cross certificates either root will do.
    assertThat(check(installation.folder).findings()).isEmpty();
    assertThat(check(installation.folder, oldRoot).findings()).isEmpty();
    assertThat(check(installation.folder, List.of(installation.factory.certificate()))
            .findings())
        .extracting(Finding::kind)
        .containsOnly(Finding.Kind.CHECKPOINT)
        .hasSize(2);
    installation.start();
    assertThat(
            installation.get().authority().hierarchy().find(old).orElseThrow().state())
        .isEqualTo(State.RETIRED);
  }

  @Test
  void isVerifiedFromAnExportOfAPart() throws Exception {
    installation.manifest("d-1", "d-2");
    installation.manifest("d-3");
    installation.stop();
    Path export = folder.resolve("export.jsonl");
    try (Writer out = Files.newBufferedWriter(export)) {
      RegistryAudit.read(installation.folder.resolve("registry.db"), 2, new ExportWriter(out));
    }
    assertThat(checkExport(export)).satisfies(r -> {
      assertThat(r.findings()).isEmpty();
      assertThat(r.first()).isEqualTo(3);
      assertThat(r.covering().sequence()).isEqualTo(r.last());
    });
    List<String> lines = Files.readAllLines(export);
    Files.write(export, lines.subList(0, lines.size() - 1));
    assertThat(checkExport(export).findings())
        .singleElement()
        .satisfies(f -> assertThat(f.kind()).isEqualTo(Finding.Kind.CUT_OFF));
    Files.writeString(export, String.join("\n", lines).replace("\"subject\"", "\"subjekt\""));
    assertThatThrownBy(() -> checkExport(export))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a line of an export");
    installation.start();
  }

  /** A device's key is certified under the root as well. */
  @Test
  void notByADevice() throws Exception {
    KeyPair keys = CertificateRequest.newKeyPair();
    installation.manifest("d-1");
    X509Certificate device = installation.enroll("d-1", keys);
    AuditRow row = installation.get().registry().read(AuditTable::last).orElseThrow();
    String key = KeyIds.hex(keys.getPublic());
    byte[] signature = Signer.of(keys.getPrivate())
        .sign(Checkpoint.toBeSigned(row.sequence(), row.hash(), installation.clock.instant(), key));
    AuditCheck check =
        new AuditCheck(installation.get().authority().trustAnchors(), List.of(), false);
    check.begin(row.sequence() - 1, row.hash());
    checkpoints().certificates().forEach(check::certificate);
    check.certificate(device);
    check.checkpoint(new Checkpoint(
        row.sequence(),
        row.hash(),
        installation.clock.instant(),
        key,
        Base64.getEncoder().encodeToString(signature)));
    assertThat(check.end().covering()).isNull();
    assertThat(check.end().findings()).extracting(Finding::kind).contains(Finding.Kind.CHECKPOINT);
  }

  private AuditCheck.Result checkExport(Path export) throws Exception {
    AuditCheck check = new AuditCheck(
        Pem.certificates(Files.readString(installation.folder.resolve("trust.pem"))),
        List.of(),
        false);
    ExportFile.read(export, check);
    return check.end();
  }
}
