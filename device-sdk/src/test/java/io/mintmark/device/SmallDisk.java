package io.mintmark.device;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A disk that syncs in no time, holds as much as the test says, and breaks when it says so. */
final class SmallDisk extends Disk {

  long capacity = Long.MAX_VALUE;
  boolean broken;

  private long room(Path folder) throws IOException {
    long used = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        used += Files.size(file);
      }
    }
    return capacity - used;
  }

  @Override
  LogFile open(Path path) throws IOException {
    return new LogFile(path) {
      @Override
      void write(long at, byte[] bytes) throws IOException {
        if (broken) {
          throw new IOException("Input/output error");
        }
        long room = capacity == Long.MAX_VALUE ? capacity : room(path.getParent());
        if (bytes.length > room) {
          // As disks do: what there is room for is written.
          super.write(at, Arrays.copyOf(bytes, (int) room));
          throw new IOException("No space left on device");
        }
        super.write(at, bytes);
      }

      @Override
      void force() throws IOException {
        if (broken) {
          throw new IOException("Input/output error");
        }
      }
    };
  }

  @Override
  boolean isFull(Path folder, long bytes) {
    try {
      return room(folder) < bytes;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void sync(Path folder) {}
}
