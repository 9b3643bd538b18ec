package io.mintmark.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What has to be brought to the disk, in this order; done without a lock, as it may take long.
 *
 * @param disk where
 * @param segments files with bytes that are not safe yet
 * @param folder to be synced after them, as it has new files; null if it has none
 * @param upTo messages before this sequence number are safe then
 */
record LogSync(Disk disk, List<LogSegment> segments, Path folder, long upTo) {

  static final LogSync NOTHING = new LogSync(null, List.of(), null, 0);

  /**
   * Waits until all is on the disk.
   *
   * @throws IOException if it cannot be told whether it is
   */
  void force() throws IOException {
    for (LogSegment segment : segments) {
      segment.writer().force();
    }
    if (folder != null) {
      disk.sync(folder);
    }
  }
}
