package io.mintmark.provisioning.backup;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A folder only the owner may look into, for what is not finished; gone when it is closed. */
final class PrivateFolder implements AutoCloseable {

  private final Path path;

  private PrivateFolder(Path path) {
    this.path = path;
  }

  /** Makes it; what a crash left in its place goes away first. */
  static PrivateFolder make(Path path) throws IOException {
    delete(path);
    Files.createDirectory(path, mode(path, "rwx------"));
    return new PrivateFolder(path);
  }

  /** A new file only the owner may read. */
  static FileChannel create(Path file, boolean secret) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        secret ? mode(file, "rw-------") : new FileAttribute<?>[0]);
  }

  private static FileAttribute<?>[] mode(Path file, String mode) throws IOException {
    boolean posix =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  Path path() {
    return path;
  }

  /** Has the names of what is in it on the disk, at any depth. */
  void sync() throws IOException {
    List<Path> folders;
    try (Stream<Path> found = Files.walk(path)) {
      folders = found.filter(Files::isDirectory).toList();
    }
    for (Path folder : folders) {
      AtomicFile.syncFolder(folder);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> found = Files.walk(path)) {
      deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }

  @Override
  public void close() throws IOException {
    delete(path);
  }
}
