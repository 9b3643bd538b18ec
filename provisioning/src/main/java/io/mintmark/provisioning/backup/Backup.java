package io.mintmark.provisioning.backup;

import io.mintmark.identity.AtomicFile;
import io.mintmark.provisioning.Issuer;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.recovery.Recovery;
import io.mintmark.provisioning.sql.IssuerTable;
import io.mintmark.provisioning.sql.OperatorTable;
import io.mintmark.provisioning.sql.RecoveryTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.RegistryCopy;
import io.mintmark.provisioning.sql.SettingsTable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Makes a backup of a data folder, whether or not its service runs. It appears under its name when
 * it is whole, on the disk and read back. One thread.
 *
 * <p>The copy of the registry is marked as one: a service that is ever started with it knows that it
 * was restored, however the copy got there. Operators are not in it, for whoever restores it gets a
 * token of their own.
 */
public final class Backup {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /**
   * What was made.
   *
   * @param file the backup
   * @param manifest what is in it
   */
  public record Made(Path file, BackupManifest manifest) {}

  private final Path data;
  private final Clock clock;

  /** Of this data folder. */
  public Backup(Path data, Clock clock) {
    this.data = data;
    this.clock = clock;
  }

  /**
   * The registry, the CA keys that are files and the settings.
   *
   * @param target a file that is not there yet, or a folder
   * @param withPassphrase whether what opens the keys, if it is in the folder, is in the backup too
   * @throws StartException if it cannot be made; then nothing is at the target
   */
  public Made everything(Path target, boolean withPassphrase) throws StartException {
    return make(target, BackupManifest.EVERYTHING, withPassphrase);
  }

  /**
   * The CA keys that are files.
   *
   * @param target a file that is not there yet, or a folder
   * @throws StartException if it cannot be made, or there are none; then nothing is at the target
   */
  public Made keys(Path target, boolean withPassphrase) throws StartException {
    return make(target, BackupManifest.KEYS, withPassphrase);
  }

  private Made make(Path target, String contents, boolean withPassphrase) throws StartException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Path file = Files.isDirectory(target)
        ? target.resolve("mintmark-" + contents + "-" + STAMP.format(now) + ".zip")
        : target;
    file = file.toAbsolutePath().normalize();
    if (Files.exists(file)) {
      throw new StartException(file + " is there already: choose another name");
    }
    try (PrivateFolder work =
        PrivateFolder.make(file.resolveSibling("." + file.getFileName() + ".part"))) {
      return new Made(file, make(file, work.path(), contents, withPassphrase, now));
    } catch (IOException e) {
      throw new StartException("the backup " + file + " cannot be written: " + e, e);
    }
  }

  private BackupManifest make(
      Path file, Path work, String contents, boolean withPassphrase, Instant now)
      throws IOException, StartException {
    List<String> names = new ArrayList<>();
    String trustDomain = null;
    List<Issuer> issuers = List.of();
    if (contents.equals(BackupManifest.EVERYTHING)) {
      // First: of each CA it knows, the key is there by then.
      Path copy = work.resolve(BackupNames.REGISTRY);
      RegistryCopy.make(data.resolve(BackupNames.REGISTRY), copy);
      try (Registry registry = Registry.open(copy)) {
        registry.write(tx -> {
          RecoveryTable.need(tx, Recovery.Cause.RESTORED, now, now);
          OperatorTable.clear(tx);
          return null;
        });
        trustDomain = registry
            .read(h -> SettingsTable.find(h, SettingsTable.TRUST_DOMAIN))
            .orElse(null);
        issuers = registry.read(IssuerTable::all);
      }
      RegistryCopy.requireIntact(copy);
      names.add(BackupNames.REGISTRY);
      for (String other : BackupNames.OTHERS) {
        take(other, work, names);
      }
    }
    for (String key : keyFiles()) {
      take(key, work, names);
    }
    if (contents.equals(BackupManifest.KEYS) && names.isEmpty()) {
      throw new StartException("there are no CA keys in " + data.resolve(BackupNames.KEYS)
          + ": name the data folder (--data); what is in a PKCS#11 token is backed up with its"
          + " maker's tools");
    }
    if (withPassphrase && !take(BackupNames.PASSPHRASE, work, names)) {
      throw new StartException("there is no " + data.resolve(BackupNames.PASSPHRASE)
          + ": it was given otherwise, leave --with-passphrase out");
    }
    return pack(file, work, contents, now, trustDomain, elsewhere(issuers, names), names);
  }

  private boolean take(String name, Path work, List<String> names) throws IOException {
    Path from = data.resolve(name);
    if (!Files.isRegularFile(from)) {
      return false;
    }
    Files.createDirectories(work.resolve(name).getParent());
    Files.copy(from, work.resolve(name));
    names.add(name);
    return true;
  }

  private List<String> keyFiles() throws IOException {
    Path folder = data.resolve(BackupNames.KEYS);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .map(path -> BackupNames.KEYS + "/" + path.getFileName())
          .filter(BackupNames::isKey)
          .sorted()
          .toList();
    }
  }

  private static List<String> elsewhere(List<Issuer> issuers, List<String> names) {
    return issuers.stream()
        .map(Issuer::keyRef)
        .filter(Objects::nonNull)
        .filter(ref -> !names.contains(ref))
        .distinct()
        .toList();
  }

  private static BackupManifest pack(
      Path file,
      Path work,
      String contents,
      Instant now,
      String trustDomain,
      List<String> elsewhere,
      List<String> names)
      throws IOException, StartException {
    List<BackupManifest.Entry> entries = new ArrayList<>();
    for (String name : names) {
      entries.add(BackupArchive.entry(work, name));
    }
    BackupManifest manifest =
        new BackupManifest(BackupManifest.FORMAT, contents, now, trustDomain, elsewhere, entries);
    Path written = work.resolve("backup.zip");
    try (FileChannel channel = PrivateFolder.create(written, true)) {
      BackupArchive.write(channel, manifest, work);
    }
    try (BackupArchive archive = BackupArchive.open(written)) {
      archive.requireIntact();
    }
    AtomicFile.putInPlace(written, file);
    return manifest;
  }
}
