package io.mintmark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** libfaketime: other clocks for a process and its children. */
final class Faketime {

  /** The environment variable with the file that says how far the clocks are ahead. */
  static final String FILE = "FAKETIME_TIMESTAMP_FILE";

  private static final String NAME = "libfaketimeMT.so.1";
  private static final List<String> ROOTS =
      List.of("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64");
  private static final int DEEPEST = 3;

  private Faketime() {}

  /** The library, as Debian's package {@code faketime} installs it; null if it is not there. */
  static Path find() throws IOException {
    for (String root : ROOTS) {
      if (Files.isDirectory(Path.of(root))) {
        try (Stream<Path> found = Files.find(
            Path.of(root), DEEPEST, (path, attributes) -> path.endsWith("faketime/" + NAME))) {
          Path library = found.findFirst().orElse(null);
          if (library != null) {
            return library;
          }
        }
      }
    }
    return null;
  }

  /**
   * Has a process see the wall clock of a file and look at it each time. What is measured and waited
   * for by the monotonic clock goes on as it is, and so do the times of files.
   */
  static Map<String, String> environment(Path library, Path file) {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        FILE,
        file.toString(),
        "FAKETIME_NO_CACHE",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        // The name before version 0.9.8.
        "DONT_FAKE_MONOTONIC",
        "1",
        // Or every wait with an end would be over at once, and Java would spin.
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0",
        "NO_FAKE_STAT",
        "1");
  }
}
