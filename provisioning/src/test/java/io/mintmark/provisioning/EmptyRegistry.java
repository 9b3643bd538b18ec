package io.mintmark.provisioning;

import io.mintmark.provisioning.sql.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The registry of a service that was killed at its first start right after it had made the tables,
 * which takes longer than most tests do: made once, copied into their data folders.
 */
final class EmptyRegistry {

  private static final String NAME = "registry.db";
  private static final byte[] FILE = make();

  private EmptyRegistry() {}

  /** Puts it where a first start would make it; nothing where there has been one. */
  static void putInto(Path data) throws IOException {
    if (!Files.exists(data.resolve(NAME))) {
      Files.createDirectories(data);
      Files.write(data.resolve(NAME), FILE);
    }
  }

  private static byte[] make() {
    try {
      Path folder = Files.createTempDirectory("empty-registry");
      Path file = folder.resolve(NAME);
      Registry.open(file).close();
      byte[] made = Files.readAllBytes(file);
      Files.delete(file);
      Files.delete(folder);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (StartException e) {
      throw new IllegalStateException(e);
    }
  }
}
