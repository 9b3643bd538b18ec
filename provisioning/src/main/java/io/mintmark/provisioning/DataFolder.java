package io.mintmark.provisioning;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder everything is kept in, held by one process at a time. Not thread-safe, except for
 * {@link #close}.
 */
final class DataFolder implements AutoCloseable {

  /** What this Mintmark writes; it understands no later one. */
  private static final int VERSION = 1;

  private final Path path;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataFolder(Path path, FileChannel lockFile, FileLock lock) {
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Takes the folder, making it if needed.
   *
   * @throws StartException if it is not writable, in use, or of a newer version
   */
  static DataFolder take(Path path) throws StartException {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new StartException("the data folder " + path + " cannot be made: " + reason(e), e);
    }
    DataFolder folder = lock(path);
    try {
      folder.checkVersion();
      return folder;
    } catch (StartException e) {
      folder.close();
      throw e;
    }
  }

  private static DataFolder lock(Path path) throws StartException {
    FileChannel channel = null;
    try {
      // The operating system lets go of it when the process ends, however it ends.
      channel = FileChannel.open(
          path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DataFolder(path, channel, lock);
      }
    } catch (OverlappingFileLockException e) {
      // In use by this very process: as any other.
    } catch (IOException e) {
      throw new StartException("the data folder " + path + " is not writable: " + reason(e), e);
    }
    closeQuietly(channel);
    throw new StartException("the data folder " + path
        + " is in use by another Mintmark: stop that first, or use another folder");
  }

  private void checkVersion() throws StartException {
    Path file = path.resolve("version");
    try {
      if (!Files.exists(file)) {
        AtomicFile.write(file, VERSION + "\n");
        return;
      }
      int found = Integer.parseInt(Files.readString(file).strip());
      if (found > VERSION) {
        throw new StartException("the data folder "
            + path
            + " is of version "
            + found
            + ", this Mintmark knows up to "
            + VERSION
            + ": start it with the Mintmark that made it, or a later one");
      }
    } catch (NumberFormatException e) {
      throw new StartException(
          file + " does not hold a version number: restore it, it should say " + VERSION, e);
    } catch (IOException e) {
      throw new StartException("the data folder " + path + " is not writable: " + reason(e), e);
    }
  }

  /** Where a file of the folder is. */
  Path resolve(String name) {
    return path.resolve(name);
  }

  /** An empty file that only the owner may read, unless it is there; SQLite keeps its mode. */
  Path privateFile(String name) throws StartException {
    Path file = path.resolve(name);
    try {
      if (!Files.exists(file)) {
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
          Files.createFile(
              file,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
          Files.createFile(file);
        }
      }
      return file;
    } catch (IOException e) {
      throw new StartException("the data folder " + path + " is not writable: " + reason(e), e);
    }
  }

  /** What an IOException means; its message is often only the path. */
  static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "") + " (" + e.getMessage() + ")";
  }

  /** Gives the folder free. */
  @Override
  public void close() {
    try {
      lock.release();
    } catch (IOException e) {
      // Closing the file lets go of it all the same.
    }
    closeQuietly(lockFile);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing was written through it.
    }
  }
}
