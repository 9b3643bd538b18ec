package io.mintmark.simulators;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The wall clock of this process and of others that run under libfaketime and read the same file: it
 * goes as the machine's does, and jumps when told. Time to measure with goes on undisturbed. Not
 * thread-safe.
 */
public final class FakedTime {

  private final Path file;
  private final Clock clock = Clock.systemUTC();
  private Duration ahead = Duration.ZERO;

  /**
   * @param file as of {@code FAKETIME_TIMESTAMP_FILE}; its clocks are not ahead yet
   */
  public FakedTime(Path file) {
    this.file = file;
  }

  /** What a file holds whose clocks are as far ahead. */
  public static String text(Duration ahead) {
    return "+" + ahead.toSeconds() + "\n";
  }

  /**
   * Has all clocks jump; holds for whoever looks next.
   *
   * @param by whole seconds
   * @throws IOException if this process's clock does not follow
   */
  void forward(Duration by) throws IOException {
    Instant before = clock.instant();
    ahead = ahead.plus(by);
    // Whole or not at all: half a number would be another time.
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text(ahead));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (clock.instant().isBefore(before.plus(by))) {
      throw new IOException(
          "the clock of this process does not follow " + file + ": does it run under libfaketime?");
    }
  }
}
