package io.mintmark.provisioning.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs real command line programs in a folder. */
final class Shell {

  private final Path folder;

  Shell(Path folder) {
    this.folder = folder;
  }

  /** Its standard output; a non-zero exit fails the test with what it said. */
  String run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + " did not end");
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(String.join(" ", command)
          + " exited with "
          + process.exitValue()
          + ": "
          + Files.readString(err, UTF_8));
    }
    return Files.readString(out, UTF_8);
  }
}
