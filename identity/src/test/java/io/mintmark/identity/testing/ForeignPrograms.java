package io.mintmark.identity.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of others that a test runs against ours. */
public final class ForeignPrograms {

  private ForeignPrograms() {}

  /**
   * Skips the test, and says so, on a machine without a program it needs. With the environment
   * variable CI set it fails instead: there everything is installed, and nothing may be skipped.
   */
  public static void require(String... programs) {
    for (String program : programs) {
      boolean there = List.of(System.getenv("PATH").split(File.pathSeparator, -1)).stream()
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
      if (!there && System.getenv("CI") != null) {
        throw new AssertionError(program + " is not installed, and in CI nothing may be skipped");
      }
      assumeTrue(there, "skipped: " + program + " is not installed");
    }
  }
}
