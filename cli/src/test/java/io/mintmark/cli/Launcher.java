package io.mintmark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs as a person would: real processes, their output and exit code. */
final class Launcher {

  /** The checkout. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** A process that ends within seconds loses the time spent on optimising it. */
  static final Map<String, String> QUICK_START =
      Map.of("MINTMARK_JAVA_OPTS", "-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1");

  /** What a finished program left. */
  record Result(int exitCode, String out, String err) {
    String all() {
      return out + err;
    }

    /** Itself, if it ended well. */
    Result succeeded() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + ": " + all());
      }
      return this;
    }
  }

  static {
    ClassArchive.make();
  }

  private Launcher() {}

  /** {@code ./mintmark} with arguments, as built by this Maven run. */
  static Result mintmark(String... arguments) {
    return run(QUICK_START, mintmarkCommand(arguments));
  }

  static List<String> mintmarkCommand(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("mintmark").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * The command in a process that heeds Ctrl-C. Where the tests were started in the background of a
   * script, it is ignored by all that they start.
   */
  static List<String> interruptible(List<String> command) {
    List<String> heeding = new ArrayList<>();
    // The env of GNU knows how, which is Linux's; elsewhere the tests are in the foreground.
    if (System.getProperty("os.name").equals("Linux")) {
      heeding.addAll(List.of("env", "--default-signal=INT"));
    }
    heeding.addAll(command);
    return heeding;
  }

  static Result run(Map<String, String> environment, List<String> command) {
    try {
      Path out = Files.createTempFile("mintmark-it", ".out");
      Path err = Files.createTempFile("mintmark-it", ".err");
      try {
        Process process = builder(environment, command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
        process.getOutputStream().close();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          throw new AssertionError(
              "no end after 5 minutes: " + command + "\n" + text(out) + text(err));
        }
        return new Result(process.exitValue(), text(out), text(err));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static ProcessBuilder builder(Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("MINTMARK_NO_BUILD", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder;
  }

  /** The folders programs are looked for in. */
  static List<String> path() {
    return List.of(System.getenv("PATH").split(":", -1));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
