package io.mintmark.simulators.fleet;

import io.mintmark.identity.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Another file in place of one, for the owner's eyes only, at once or not at all: written beside it, on the
 * disk before it takes the name. What a process that was killed has left of one is overwritten by the
 * next.
 */
final class FileRewrite implements AutoCloseable {

  private final Path target;
  private final Path beside;
  private final FileChannel channel;

  /** Begins with these bytes. */
  FileRewrite(Path target, byte[] beginning) throws IOException {
    this.target = target.toAbsolutePath();
    this.beside = this.target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(beside);
    AtomicFile.writeSecret(beside, beginning);
    channel = FileChannel.open(beside, StandardOpenOption.APPEND);
  }

  /** Appends all that is left in a buffer. */
  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Takes the place; durable when this returns. */
  void putInPlace() throws IOException {
    channel.force(true);
    channel.close();
    AtomicFile.putInPlace(beside, target);
  }

  /** Leaves nothing of it behind that has not taken the place. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(beside);
  }
}
