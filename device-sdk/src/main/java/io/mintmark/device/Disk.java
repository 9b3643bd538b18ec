package io.mintmark.device;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a log needs of a disk; tests put a worse one here. Thread-safe. */
class Disk {

  /** Opens a file that exists, to read and write. */
  LogFile open(Path file) throws IOException {
    return new LogFile(file);
  }

  /** Whether a write may have failed because there is less room than this. */
  boolean isFull(Path folder, long bytes) {
    try {
      return Files.getFileStore(folder).getUsableSpace() < bytes;
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes the names of new files safe. */
  void sync(Path folder) throws IOException {
    AtomicFile.syncFolder(folder);
  }
}
