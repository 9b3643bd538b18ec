package io.mintmark.provisioning.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The checkpoints beside the registry, one a line, so that who cuts off the end of the log has two
 * places to change; a copy elsewhere is a third. Lines are only ever added. Not thread-safe.
 */
public final class CheckpointFile {

  /** Its name in a data folder. */
  public static final String NAME = "audit-checkpoints.jsonl";

  private final Path path;

  /** The file of this name, there or not. */
  public CheckpointFile(Path path) {
    this.path = path;
  }

  /**
   * What it holds, in order; nothing if it is not there. A last line without its end is what a
   * crash left of one, and passed over.
   *
   * @throws IOException naming the line that is not a checkpoint
   */
  public List<Checkpoint> read() throws IOException {
    List<Checkpoint> found = new ArrayList<>();
    if (!Files.exists(path)) {
      return found;
    }
    long whole = whole();
    long position = 0;
    try (BufferedReader reader = Files.newBufferedReader(path)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        position += line.getBytes(StandardCharsets.UTF_8).length + 1L;
        if (position > whole) {
          break;
        }
        found.add(parse(line, found.size() + 1));
      }
    }
    return found;
  }

  private Checkpoint parse(String line, int number) throws IOException {
    try {
      Checkpoint read = AuditJson.MAPPER.readValue(line, Checkpoint.class);
      if (read != null && read.isWhole()) {
        return read;
      }
    } catch (JsonProcessingException e) {
      throw new IOException(fault(number), e);
    }
    throw new IOException(fault(number));
  }

  private String fault(int number) {
    return path + ", line " + number + " is not a checkpoint: it was changed";
  }

  /**
   * Adds a line; when this returns it is on disk.
   *
   * @throws IOException if it cannot be written
   */
  public void append(Checkpoint checkpoint) throws IOException {
    byte[] line =
        (AuditJson.MAPPER.writeValueAsString(checkpoint) + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(whole());
      channel.position(channel.size());
      ByteBuffer buffer = ByteBuffer.wrap(line);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  /** How many bytes of it are lines with their end. */
  private long whole() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      for (long end = channel.size(); end > 0; end--) {
        channel.read(one.clear(), end - 1);
        if (one.get(0) == '\n') {
          return end;
        }
      }
      return 0;
    }
  }
}
