package io.mintmark.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One broker to a folder: held from before anything in it is touched until the broker is closed. */
final class FolderLock implements AutoCloseable {

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  static FolderLock take(Path folder) throws IOException, BrokerStartException {
    FileChannel channel = FileChannel.open(
        folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new BrokerStartException("another broker is running on " + folder + "; stop it first");
    }
    return new FolderLock(channel);
  }

  /** Closing the channel releases the lock. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
