package io.mintmark.device;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * One file of the log. Not a channel: those close when a thread that was interrupted uses them, and
 * applications interrupt threads that publish. Not thread-safe, but for {@link #force}.
 */
class LogFile implements Closeable {

  private final RandomAccessFile file;

  LogFile(Path path) throws IOException {
    file = new RandomAccessFile(path.toFile(), "rw");
  }

  long length() throws IOException {
    return file.length();
  }

  void write(long at, byte[] bytes) throws IOException {
    file.seek(at);
    file.write(bytes);
  }

  /** Reads as many bytes as asked for; fewer only where the file ends. */
  int read(long at, byte[] into, int offset, int length) throws IOException {
    file.seek(at);
    int total = 0;
    while (total < length) {
      int read = file.read(into, offset + total, length - total);
      if (read < 0) {
        break;
      }
      total += read;
    }
    return total;
  }

  void truncate(long length) throws IOException {
    file.setLength(length);
  }

  /** Brings what was written to the disk; any thread may wait for it while others go on. */
  void force() throws IOException {
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
