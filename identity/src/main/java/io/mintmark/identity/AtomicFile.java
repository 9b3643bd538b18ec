package io.mintmark.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Replaces a file so that a reader, or a machine that lost power, sees the old content or the new
 * and never part of either: temporary file, fsync, rename, fsync of the folder.
 */
public final class AtomicFile {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private AtomicFile() {}

  /** Writes text that only the owner may read (mode 0600 where the file system has modes). */
  public static void writeSecret(Path file, String content) throws IOException {
    write(file, content.getBytes(StandardCharsets.UTF_8), true);
  }

  /** Writes bytes that only the owner may read (mode 0600 where the file system has modes). */
  public static void writeSecret(Path file, byte[] content) throws IOException {
    write(file, content, true);
  }

  /** Writes text that others may read, as their umask allows. */
  public static void write(Path file, String content) throws IOException {
    write(file, content.getBytes(StandardCharsets.UTF_8), false);
  }

  /**
   * Puts a file or folder that was written, and whose content is on the disk, in its place; durable
   * when this returns.
   *
   * @param written in the same folder as the target
   * @param target replaced if it is a file or an empty folder
   */
  public static void putInPlace(Path written, Path target) throws IOException {
    move(written, target);
    syncFolder(target.toAbsolutePath().getParent());
  }

  private static void write(Path file, byte[] content, boolean secret) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    Files.createDirectories(folder);
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    FileAttribute<?>[] attributes = secret && posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
    // One fixed name: what a crash left behind is overwritten by the next write, not collected.
    Path temporary = folder.resolve(target.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel channel = FileChannel.open(
          temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
    syncFolder(folder);
  }

  private static void move(Path temporary, Path target) throws IOException {
    try {
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the file system of " + target + " cannot rename atomically", e);
    }
  }

  /**
   * Has the names of what is in a folder on the disk: a new file or a rename is durable once its
   * folder is. Windows cannot open a folder and does not need to.
   */
  public static void syncFolder(Path folder) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
