package io.mintmark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * Has the launcher keep the classes that the tests' processes load, as it does when it builds: each
 * of a hundred processes then takes a second less. Without it they all work the same.
 */
final class ClassArchive {

  private static final Path LOCK = Path.of("target", "classes.lock");

  private ClassArchive() {}

  /** Makes it, unless it is there or tests that run beside these are making it. */
  static void make() {
    try (FileChannel file =
            FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      if (lock == null) {
        return;
      }
      ProcessBuilder builder =
          new ProcessBuilder(Launcher.mintmarkCommand("--version")).redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().put("MINTMARK_NO_BUILD", "archive");
      Process process = builder.start();
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
