package io.mintmark.provisioning.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.mintmark.provisioning.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A backup's file: a ZIP of the manifest and the files it names. What is read from it is compared
 * with the manifest. Not thread-safe.
 */
final class BackupArchive implements AutoCloseable {

  private static final int LONGEST_MANIFEST = 1 << 20;

  private static final ObjectMapper JSON = new ObjectMapper()
      .registerModule(new JavaTimeModule())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final Path file;
  private final ZipFile zip;
  private final BackupManifest manifest;

  private BackupArchive(Path file, ZipFile zip, BackupManifest manifest) {
    this.file = file;
    this.zip = zip;
    this.manifest = manifest;
  }

  /** Writes the files of a folder that the manifest names; on the disk when this returns. */
  static void write(FileChannel to, BackupManifest manifest, Path folder) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(to));
    zip.setLevel(Deflater.BEST_SPEED);
    zip.putNextEntry(new ZipEntry(BackupNames.MANIFEST));
    zip.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
    for (BackupManifest.Entry entry : manifest.files()) {
      zip.putNextEntry(new ZipEntry(entry.name()));
      Files.copy(folder.resolve(entry.name()), zip);
    }
    zip.finish();
    to.force(true);
  }

  /** What a manifest says of a file. */
  static BackupManifest.Entry entry(Path folder, String name) throws IOException {
    Path path = folder.resolve(name);
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return new BackupManifest.Entry(
        name, Files.size(path), HexFormat.of().formatHex(digest.digest()));
  }

  /**
   * Opens a backup.
   *
   * @throws StartException if there is none, or it is damaged or of a newer Mintmark
   */
  static BackupArchive open(Path file) throws StartException {
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile());
      ZipEntry entry = zip.getEntry(BackupNames.MANIFEST);
      if (entry == null) {
        throw damaged(file, "it holds no " + BackupNames.MANIFEST, null);
      }
      BackupManifest manifest;
      try (InputStream in = zip.getInputStream(entry)) {
        manifest = JSON.readValue(in.readNBytes(LONGEST_MANIFEST), BackupManifest.class);
      }
      requireReadable(file, manifest);
      BackupArchive opened = new BackupArchive(file, zip, manifest);
      zip = null;
      return opened;
    } catch (NoSuchFileException e) {
      throw new StartException("there is no backup " + file + ": check the path", e);
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw damaged(file, "its manifest is not readable", e);
    } catch (IOException e) {
      throw damaged(file, e.getMessage(), e);
    } finally {
      closeQuietly(zip);
    }
  }

  private static void requireReadable(Path file, BackupManifest manifest) throws StartException {
    if (manifest == null || manifest.contents() == null || manifest.madeAt() == null) {
      throw damaged(file, "its manifest is not complete", null);
    }
    if (manifest.format() > BackupManifest.FORMAT) {
      throw new StartException("the backup " + file + " is of a newer Mintmark (format "
          + manifest.format() + "): restore it with that one, or a later one");
    }
    for (BackupManifest.Entry entry : manifest.files()) {
      if (entry.name() == null || !BackupNames.isKnown(entry.name())) {
        throw damaged(file, "its manifest names a file that is not of a backup", null);
      }
    }
  }

  BackupManifest manifest() {
    return manifest;
  }

  /**
   * Reads a file of the backup to its end and compares it with the manifest.
   *
   * @param to gets it; to be dropped if this throws
   * @throws StartException if it is not what the manifest says
   */
  void copy(BackupManifest.Entry entry, OutputStream to) throws IOException, StartException {
    ZipEntry stored = zip.getEntry(entry.name());
    if (stored == null) {
      throw damaged(file, entry.name() + " is not in it", null);
    }
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(reading(stored), digest)) {
      byte[] buffer = new byte[64 * 1024];
      for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
        to.write(buffer, 0, n);
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(entry.sha256())) {
      throw damaged(file, entry.name() + " is not what the manifest says", null);
    }
  }

  private InputStream reading(ZipEntry stored) throws StartException {
    try {
      return zip.getInputStream(stored);
    } catch (IOException e) {
      throw damaged(file, e.getMessage(), e);
    }
  }

  /** What goes wrong in reading is the backup's fault, in writing it is not. */
  private int read(InputStream in, byte[] buffer) throws StartException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw damaged(file, e.getMessage(), e);
    }
  }

  /**
   * Reads all of it.
   *
   * @throws StartException if any file is not what the manifest says
   */
  void requireIntact() throws IOException, StartException {
    for (BackupManifest.Entry entry : manifest.files()) {
      copy(entry, OutputStream.nullOutputStream());
    }
  }

  private static StartException damaged(Path file, String why, Exception cause) {
    return new StartException(
        "the backup " + file + " is damaged (" + why + "): use another", cause);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  @Override
  public void close() {
    closeQuietly(zip);
  }

  private static void closeQuietly(ZipFile zip) {
    try {
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      // Nothing was written through it.
    }
  }
}
