package io.mintmark.provisioning;

import static io.mintmark.provisioning.Refusal.Kind.LATER;
import static io.mintmark.provisioning.RefusalAssert.assertRefused;
import static io.mintmark.provisioning.TestInstallation.OPERATOR;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mintmark.identity.CertificateRequest;
import io.mintmark.identity.Pem;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.backup.Backup;
import io.mintmark.provisioning.backup.BackupManifest;
import io.mintmark.provisioning.backup.Restore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

  @TempDir
  Path folder;

  private TestInstallation installation;
  private Path file;
  private Path target;

  @BeforeEach
  void open() throws Exception {
    installation = new TestInstallation(folder.resolve("data"));
    installation.manifest("d-1", "d-2");
    file = folder.resolve("backup.zip");
    target = folder.resolve("other/machine");
  }

  @AfterEach
  void close() {
    installation.close();
  }

  private Backup backup() {
    return new Backup(installation.folder, installation.clock);
  }

  private Provisioning start(Path data) throws StartException {
    return Provisioning.open(
        TestInstallation.config(
            data, new TrustDomain("example.org"), List.of(), null, installation.clock),
        TestInstallation.NO_SECRETS,
        UnaryOperator.identity());
  }

  private void refuse(Path from, Path data, String... words) throws IOException {
    List<Path> before = files();
    assertThatThrownBy(() -> new Restore(from).everything(data))
        .isInstanceOf(StartException.class)
        .message()
        .hasLineCount(1)
        .contains(words);
    assertThat(files()).isEqualTo(before);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(path -> !path.startsWith(installation.folder))
          .sorted()
          .toList();
    }
  }

  @Test
  void ofARunningServiceBringsItBackOnAnEmptyMachine() throws Exception {
    X509Certificate device = installation.enroll("d-1");
    Files.writeString(installation.folder.resolve("service.yaml"), "default-fleet: sensors\n");

    BackupManifest made = backup().everything(file, false).manifest();

    assertThat(made.keys()).containsExactly("ca/issuing.p12", "ca/root.p12");
    assertThat(made.keysElsewhere()).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(files()).containsExactly(folder, file);
    assertThat(new Restore(file).everything(target)).isEqualTo(made);
    assertThat(target.resolve("passphrase")).doesNotExist();
    assertThat(target.resolve("operator.token")).doesNotExist();
    assertThat(PosixFilePermissions.toString(
            Files.getPosixFilePermissions(target.resolve("registry.db"))))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> start(target)).hasMessageContaining("passphrase is not in");
    Files.copy(installation.folder.resolve("passphrase"), target.resolve("passphrase"));
    installation.clock.move(Duration.ofMinutes(1));
    try (Provisioning restored = start(target)) {
      assertThat(restored.settings().defaultFleet()).contains(TestInstallation.SENSORS);
      String token = Files.readString(target.resolve("operator.token")).strip();
      assertThat(restored.operators().authenticate(token)).contains("operator");
      String before =
          Files.readString(installation.folder.resolve("operator.token")).strip();
      assertThat(restored.operators().authenticate(before)).isEmpty();
      assertRefused(LATER, "restored from a backup of", () -> renew(restored, device));
      restored.recoverer().recover(List.of(), OPERATOR);
      assertThat(renew(restored, device).getIssuerX500Principal())
          .isEqualTo(device.getIssuerX500Principal());
    }
  }

  private static X509Certificate renew(Provisioning service, X509Certificate current)
      throws Refusal {
    return service
        .renewer()
        .renew(
            TestInstallation.SENSORS,
            List.of(current),
            TestInstallation.renewal(current, CertificateRequest.newKeyPair().getPublic()));
  }

  @Test
  void ofAStoppedServiceIntoAFolderWithThePassphraseAndWithoutTheRootsKey() throws Exception {
    installation.stop();
    Files.move(installation.folder.resolve("ca/root.p12"), folder.resolve("root.p12"));
    Backup.Made made = backup().everything(folder, true);
    assertThat(made.file().getFileName().toString())
        .matches("mintmark-everything-\\d{8}T\\d{6}Z\\.zip");
    assertThat(made.manifest().keysElsewhere()).containsExactly("ca/root.p12");
    Files.createDirectories(target);
    new Restore(made.file()).everything(target);
    start(target).close();
    assertThatThrownBy(() -> backup().everything(made.file(), false))
        .hasMessageContaining("is there already");
    assertThatThrownBy(() -> new Backup(folder, installation.clock).everything(file, false))
        .hasMessageContaining("there is no registry");
    assertThat(file).doesNotExist();
  }

  @Test
  void ofTheKeysAlonePutsBackThoseThatAreMissing() throws Exception {
    backup().keys(file, false);
    refuse(file, target, "holds keys alone", "--keys-only");
    Path root = installation.folder.resolve("ca/root.p12");
    byte[] key = Files.readAllBytes(root);
    Files.delete(root);
    Files.writeString(installation.folder.resolve("ca/issuing.p12"), "newer");
    assertThat(new Restore(file).keys(installation.folder)).containsExactly("ca/root.p12");
    assertThat(root).hasBinaryContent(key);
    assertThat(installation.folder.resolve("ca/issuing.p12")).hasContent("newer");
    assertThatThrownBy(
            () -> new Backup(folder, installation.clock).keys(folder.resolve("none.zip"), false))
        .hasMessageContaining("there are no CA keys in");
  }

  @Test
  void isNotPutOverAnything() throws Exception {
    backup().everything(file, false);
    refuse(file, installation.folder, "in use by another Mintmark");
    Files.createDirectories(target);
    Files.writeString(target.resolve("mine"), "");
    refuse(file, target, "is not empty");
    refuse(folder.resolve("none.zip"), folder.resolve("new"), "there is no backup");
  }

  @Test
  void isRefusedWhenDamaged() throws Exception {
    backup().everything(file, false);
    byte[] whole = Files.readAllBytes(file);
    Path damaged = folder.resolve("damaged.zip");
    Files.write(damaged, Arrays.copyOf(whole, whole.length / 2));
    refuse(damaged, target.getParent(), "is damaged");
    byte[] flipped = whole.clone();
    // One alone may be of a header nobody reads.
    for (int part = 1; part < 8; part++) {
      flipped[whole.length / 8 * part] ^= 1;
    }
    Files.write(damaged, flipped);
    refuse(damaged, target.getParent(), "is damaged");
    Files.writeString(damaged, "no archive");
    refuse(damaged, target.getParent(), "is damaged");
    repack(damaged, "registry.db", "another", bytes -> "gone".getBytes(UTF_8));
    refuse(damaged, target.getParent(), "is damaged", "registry.db is not in it");
    repack(damaged, "ca/root.p12", "ca/root.p12", bytes -> new byte[bytes.length]);
    refuse(damaged, target.getParent(), "is damaged", "ca/root.p12 is not what the manifest says");
    repack(
        damaged,
        "manifest.json",
        "manifest.json",
        bytes -> new String(bytes, UTF_8).replace("ca/root.p12", "ca/../../x").getBytes(UTF_8));
    refuse(damaged, target.getParent(), "is damaged", "names a file");
    repack(
        damaged,
        "manifest.json",
        "manifest.json",
        bytes ->
            new String(bytes, UTF_8).replace("\"format\" : 1", "\"format\" : 2").getBytes(UTF_8));
    refuse(damaged, target.getParent(), "is of a newer Mintmark");
  }

  /** The backup with one file that is another. */
  private void repack(Path to, String name, String as, UnaryOperator<byte[]> change)
      throws IOException {
    try (ZipFile from = new ZipFile(file.toFile());
        OutputStream out = Files.newOutputStream(to);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (ZipEntry entry : from.stream().toList()) {
        boolean changed = entry.getName().equals(name);
        zip.putNextEntry(new ZipEntry(changed ? as : entry.getName()));
        try (InputStream in = from.getInputStream(entry)) {
          byte[] bytes = in.readAllBytes();
          zip.write(changed ? change.apply(bytes) : bytes);
        }
      }
    }
  }

  @Test
  void ofANewerSchemaIsForTheMintmarkThatMadeIt() throws Exception {
    installation.stop();
    backup().everything(file, false);
    Path registry = folder.resolve("newer.db");
    try (ZipFile from = new ZipFile(file.toFile())) {
      Files.copy(from.getInputStream(from.getEntry("registry.db")), registry);
    }
    byte[] before = Files.readAllBytes(registry);
    age(registry);
    byte[] newer = Files.readAllBytes(registry);
    Files.delete(registry);
    Path archive = folder.resolve("newer.zip");
    repack(archive, "registry.db", "registry.db", bytes -> newer);
    Files.move(archive, file, StandardCopyOption.REPLACE_EXISTING);
    repack(
        archive,
        "manifest.json",
        "manifest.json",
        bytes -> new String(bytes, UTF_8)
            .replace(Pem.fingerprint(before), Pem.fingerprint(newer))
            .getBytes(UTF_8));
    refuse(archive, target.getParent(), archive.toString(), "newer version (schema 999)");

    age(installation.folder.resolve("registry.db"));
    List<Path> files = files();
    assertThatThrownBy(() -> backup().everything(folder.resolve("no.zip"), false))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("newer version (schema 999)");
    assertThat(files()).isEqualTo(files);
  }

  /** As if a later Mintmark had started with it. */
  private static void age(Path registry) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + registry);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("""
          insert into flyway_schema_history
          select installed_rank + 100, '999', 'later', type, 'V999__later.sql', 0, installed_by,
                 installed_on, 0, 1
          from flyway_schema_history where version = '1'
          """);
      // All of it into the one file.
      statement.execute("pragma journal_mode = delete");
    }
  }
}
