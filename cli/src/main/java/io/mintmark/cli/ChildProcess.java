package io.mintmark.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process this one has started and stops again; its log is a file. Its standard input is a pipe that this
 * one holds and writes nothing to: one of our own ends at the end of that, which comes when this one is killed,
 * too.
 */
final class ChildProcess implements AutoCloseable {

  private static final long STOP_SECONDS = 20;

  /** A terminal sends Ctrl-C to all of its processes; when the children end is for this one to say. */
  private static final List<String> DEAF =
      List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$@\"");

  /**
   * The property with the JVM options, divided by spaces, that the launcher gives brokers and the
   * processes that play devices, and no others.
   */
  private static final String QUICK = "mintmark.quick";

  /** Set for a child: that it ends with its standard input. */
  static final String HELD = "MINTMARK_ENDS_WITH_INPUT";

  private final Process process;
  private final Path log;

  private ChildProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * The command that runs a main class with this process's own Java, class path and JVM options, but
   * for those the launcher gave to this process for what it does.
   *
   * @param javaOptions JVM options besides this process's own
   */
  static List<String> java(List<String> javaOptions, Class<?> main, String... arguments) {
    return command(List.of(), javaOptions, main, arguments);
  }

  /**
   * As {@link #java}, for a process that is a broker: with what the launcher gives {@code mintmark
   * broker}, unless the operator has said otherwise.
   */
  static List<String> broker(List<String> javaOptions, Class<?> main, String... arguments) {
    return command(quick(), javaOptions, main, arguments);
  }

  private static List<String> command(
      List<String> first, List<String> javaOptions, Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
    command.addAll(first);
    command.addAll(inherited(ManagementFactory.getRuntimeMXBean().getInputArguments(), quick()));
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * The JVM options for a child. Somebody may have given one of the launcher's for all: that stays.
   *
   * @param quick the launcher's, which may be this process's alone
   */
  static List<String> inherited(List<String> options, List<String> quick) {
    List<String> inherited = new ArrayList<>(options);
    inherited.removeIf(option -> option.startsWith("-D" + QUICK + "="));
    quick.forEach(inherited::remove);
    return inherited;
  }

  private static List<String> quick() {
    String options = System.getProperty(QUICK, "");
    return options.isBlank() ? List.of() : List.of(options.strip().split(" +"));
  }

  /**
   * The JVM option that has temporary files, native libraries above all, in the child's own folder:
   * who is killed leaves them behind.
   */
  static String temporaryFiles(Path folder) throws IOException {
    Path own = Files.createDirectories(folder.toAbsolutePath().resolve("tmp"));
    return "-Djava.io.tmpdir=" + own;
  }

  /**
   * Starts it.
   *
   * @param environment variables besides this process's own
   * @param log gets what it writes to standard error, after what is there
   */
  static ChildProcess start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    List<String> deaf = new ArrayList<>(DEAF);
    deaf.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(deaf).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put(HELD, "1");
    builder.environment().putAll(environment);
    return new ChildProcess(builder.start(), log);
  }

  /**
   * Reads what it writes to standard output until a line begins so; to be called once.
   *
   * @param what it is, for the message
   * @return the lines before that one
   * @throws CommandFailure if it ends instead; it is stopped then
   */
  List<String> awaitLine(String beginning, String what) throws IOException, CommandFailure {
    List<String> lines = new ArrayList<>();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith(beginning)) {
        return lines;
      }
      lines.add(line);
    }
    throw failure(what);
  }

  /** That it did not start, with its log; it is stopped. */
  CommandFailure failure(String what) throws IOException {
    close();
    return new CommandFailure(
        CommandFailure.UNUSABLE,
        what + " did not start: " + Files.readString(log).strip());
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it without asking: for what keeps nothing. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** Asks it to end, and ends it if it does not. */
  @Override
  public void close() {
    process.destroy();
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
