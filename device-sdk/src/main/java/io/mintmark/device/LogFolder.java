package io.mintmark.device;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The folder of a log, for one client at a time. Telemetry may be confidential: only the owner may
 * read it, where the file system knows owners.
 */
final class LogFolder implements Closeable {

  private final Path path;
  private final FileChannel lock;
  private final FileAttribute<?>[] ownerOnly;

  private LogFolder(Path path, FileChannel lock, FileAttribute<?>[] ownerOnly) {
    this.path = path;
    this.lock = lock;
    this.ownerOnly = ownerOnly;
  }

  /**
   * Makes it if it is not there, and takes its lock.
   *
   * @throws IOException if it cannot be written, or another client has it
   */
  static LogFolder take(Path path) throws IOException {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      boolean posix =
          Files.getFileStore(path.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
      if (!Files.isDirectory(path)) {
        Files.createDirectory(path, attributes(posix, "rwx------"));
      }
      FileAttribute<?>[] ownerOnly = attributes(posix, "rw-------");
      FileChannel lock = FileChannel.open(
          path.resolve("lock"),
          Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
          ownerOnly);
      if (!isOurs(lock)) {
        lock.close();
        throw new IOException("another client has it: close that first, or give each its folder");
      }
      return new LogFolder(path, lock, ownerOnly);
    } catch (IOException e) {
      throw new IOException("cannot keep messages in " + path + ": " + e.getMessage(), e);
    }
  }

  private static FileAttribute<?>[] attributes(boolean posix, String mode) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isOurs(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer.
      return false;
    }
  }

  Path path() {
    return path;
  }

  /** The segments that are there, by their first sequence number. */
  List<LogSegment> segments() throws IOException {
    List<LogSegment> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*.log")) {
      for (Path file : files) {
        LogSegment segment = LogSegment.found(file);
        if (segment != null) {
          found.add(segment);
        }
      }
    }
    // A process that ended between making a file and writing it may have left an empty one beside.
    found.sort(Comparator.comparingLong(LogSegment::first)
        .thenComparingLong(segment -> segment.path().toFile().length()));
    return found;
  }

  /** Makes the file of a segment. */
  void create(LogSegment segment) throws IOException {
    Files.createFile(segment.path(), ownerOnly);
  }

  /** Closing the channel releases the lock. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      // The end of the process releases it, if nothing else does.
    }
  }
}
