package io.mintmark.device;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.CheckedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A file and its copy beside it. A write is whole or not at all, as {@link AtomicFile} has it; what
 * disks do besides, bits that flip and files that are empty after a power cut, the checksum in each
 * shows, and the other mends. Both hold the same: the content before would be of no use, as who holds a
 * certificate that has a successor looks like a clone. For one writer.
 */
final class TwinFile {

  private static final System.Logger LOG = System.getLogger(TwinFile.class.getName());

  private final Path file;
  private final Path copy;
  private final boolean secret;

  /**
   * @param file with an extension, before which the copy has {@code .copy}
   * @param secret whether only the owner may read them
   */
  TwinFile(Path file, boolean secret) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    this.file = file;
    this.copy = file.resolveSibling(name.substring(0, dot) + ".copy" + name.substring(dot));
    this.secret = secret;
  }

  Path file() {
    return file;
  }

  /** Whether there is anything, be it damaged. */
  boolean exists() {
    return Files.exists(file) || Files.exists(copy);
  }

  /**
   * The content; what was found damaged or missing is mended as far as the disk lets it.
   *
   * @param reading throws {@link IllegalArgumentException} for content that is not usable
   * @return empty if there is neither file nor copy
   * @throws IOException if there is something, and nothing usable; it names the file
   */
  <T> Optional<T> load(Function<String, T> reading) throws IOException {
    IOException fault = null;
    for (Path path : List.of(file, copy)) {
      try {
        String stored = Files.readString(path, StandardCharsets.ISO_8859_1);
        T value = reading.apply(CheckedText.read(stored));
        mend(path, stored);
        return Optional.of(value);
      } catch (NoSuchFileException e) {
        // Lost, or never written.
      } catch (IllegalArgumentException e) {
        fault = first(fault, new IOException(path + " is not usable: " + e.getMessage(), e));
      } catch (IOException e) {
        fault = first(fault, e);
      }
    }
    if (fault != null) {
      throw fault;
    }
    return Optional.empty();
  }

  private static IOException first(IOException before, IOException now) {
    return before == null ? now : before;
  }

  /**
   * Stores in place of what was there; durable when this returns.
   *
   * @throws IOException if it could not be stored; what was there before still is
   */
  void save(String text) throws IOException {
    String stored = CheckedText.of(text);
    write(file, stored);
    copy(stored);
  }

  private void mend(Path good, String stored) {
    if (good.equals(copy)) {
      LOG.log(System.Logger.Level.WARNING, "{0} was damaged or lost: its copy is used", file);
      try {
        write(file, stored);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "{0} cannot be mended: {1}", file, e.toString());
      }
    } else if (!isAt(copy, stored)) {
      copy(stored);
    }
  }

  private static boolean isAt(Path path, String stored) {
    try {
      return Files.readString(path, StandardCharsets.ISO_8859_1).equals(stored);
    } catch (IOException e) {
      return false;
    }
  }

  private void copy(String stored) {
    try {
      write(copy, stored);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} has no copy: {1}", file, e.toString());
      try {
        Files.deleteIfExists(copy);
      } catch (IOException alsoOld) {
        LOG.log(System.Logger.Level.DEBUG, "an old copy stays: {0}", alsoOld.toString());
      }
    }
  }

  private void write(Path path, String stored) throws IOException {
    if (secret) {
      AtomicFile.writeSecret(path, stored);
    } else {
      AtomicFile.write(path, stored);
    }
  }
}
