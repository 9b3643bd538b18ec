package io.mintmark.provisioning.backup;

import io.mintmark.identity.AtomicFile;
import io.mintmark.provisioning.StartException;
import io.mintmark.provisioning.recovery.Recovery;
import io.mintmark.provisioning.sql.RecoveryTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.RegistryCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts a backup back: all of it into a folder that is empty or not there, which then appears whole or
 * not at all; or the keys that are missing into a folder that is there. One thread.
 */
public final class Restore {

  private final Path file;

  /** From this backup. */
  public Restore(Path file) {
    this.file = file;
  }

  /**
   * Makes a data folder of it.
   *
   * @return what was in the backup
   * @throws StartException if the folder is not empty, or the backup is damaged, of a newer Mintmark
   *     or of keys alone; then nothing is changed
   */
  public BackupManifest everything(Path data) throws StartException {
    Path folder = data.toAbsolutePath().normalize();
    try (BackupArchive archive = BackupArchive.open(file)) {
      BackupManifest manifest = archive.manifest();
      if (!manifest.has(BackupNames.REGISTRY)) {
        throw new StartException("the backup " + file + " holds keys alone: put them into a folder"
            + " that is there with --keys-only");
      }
      requireEmpty(folder);
      Files.createDirectories(folder.getParent());
      Path part = folder.resolveSibling("." + folder.getFileName() + ".restoring");
      try (PrivateFolder work = PrivateFolder.make(part)) {
        for (BackupManifest.Entry entry : manifest.files()) {
          extract(archive, entry, work.path());
        }
        check(work.path().resolve(BackupNames.REGISTRY), manifest);
        work.sync();
        AtomicFile.putInPlace(work.path(), folder);
      }
      return manifest;
    } catch (IOException e) {
      throw new StartException("the data folder " + folder + " cannot be written: " + e, e);
    }
  }

  private static void requireEmpty(Path folder) throws IOException, StartException {
    if (!Files.exists(folder)) {
      return;
    }
    if (isInUse(folder)) {
      throw new StartException("the data folder " + folder
          + " is in use by another Mintmark: stop that, and restore to an empty folder");
    }
    try (Stream<Path> found = Files.list(folder)) {
      if (found.findAny().isPresent()) {
        throw new StartException("the data folder " + folder
            + " is not empty: move it away, or restore to another folder (--data)");
      }
    }
  }

  private static boolean isInUse(Path folder) throws IOException {
    Path lock = folder.resolve("lock");
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock taken = channel.tryLock()) {
      return taken == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  private static void extract(BackupArchive archive, BackupManifest.Entry entry, Path folder)
      throws IOException, StartException {
    Path to = folder.resolve(entry.name());
    Files.createDirectories(to.getParent());
    try (FileChannel channel = PrivateFolder.create(to, BackupNames.isSecret(entry.name()))) {
      archive.copy(entry, Channels.newOutputStream(channel));
      channel.force(true);
    }
  }

  /** That this Mintmark can start with it, and that the start knows where it comes from. */
  private void check(Path registry, BackupManifest manifest) throws StartException {
    RegistryCopy.requireIntact(registry);
    try (Registry opened = Registry.open(registry)) {
      Instant madeAt = manifest.madeAt();
      opened.write(tx -> {
        if (RecoveryTable.open(tx.handle()).isEmpty()) {
          RecoveryTable.need(tx, Recovery.Cause.RESTORED, madeAt, madeAt);
        }
        return null;
      });
    } catch (StartException e) {
      throw new StartException("the backup " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Puts the CA keys that are missing into a data folder; those that are there stay as they are.
   *
   * @return the names of those that were missing
   * @throws StartException if the backup is damaged or of a newer Mintmark
   */
  public List<String> keys(Path data) throws StartException {
    List<String> put = new ArrayList<>();
    try (BackupArchive archive = BackupArchive.open(file)) {
      archive.requireIntact();
      for (BackupManifest.Entry entry : archive.manifest().files()) {
        Path to = data.resolve(entry.name());
        if (BackupNames.isKey(entry.name()) && !Files.exists(to)) {
          ByteArrayOutputStream key = new ByteArrayOutputStream();
          archive.copy(entry, key);
          AtomicFile.writeSecret(to, key.toByteArray());
          put.add(entry.name());
        }
      }
    } catch (IOException e) {
      throw new StartException("the data folder " + data + " cannot be written: " + e, e);
    }
    return put;
  }
}
