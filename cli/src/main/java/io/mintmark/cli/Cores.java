package io.mintmark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Which processors do what during a measurement: one is what is measured, the others are this
 * process. Where there is one only, or no {@code taskset}, nothing is held to anything.
 */
final class Cores {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";

  private final String taskset;
  private final List<Integer> allowed;

  private Cores(String taskset, List<Integer> allowed) {
    this.taskset = taskset;
    this.allowed = allowed;
  }

  /** Nothing is held to anything. */
  static Cores shared() {
    return new Cores(null, List.of());
  }

  /** Keeps this process off the last of its processors; to be called once, early. */
  static Cores split() throws IOException, InterruptedException {
    Cores cores = new Cores(Programs.find("taskset"), allowed());
    if (cores.measured() != null) {
      // Every thread there is; those to come follow their makers.
      Process process = new ProcessBuilder(
              cores.taskset,
              "-a",
              "-c",
              "-p",
              list(cores.allowed.subList(0, cores.allowed.size() - 1)),
              Long.toString(ProcessHandle.current().pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
      process.waitFor(10, TimeUnit.SECONDS);
    }
    return cores;
  }

  /** The one for what is measured; null if it is not held to one. */
  Integer measured() {
    return taskset == null || allowed.size() < 2 ? null : allowed.get(allowed.size() - 1);
  }

  /** The same command on that processor. */
  List<String> hold(List<String> command) {
    if (measured() == null) {
      return command;
    }
    List<String> held = new ArrayList<>(List.of(taskset, "-c", measured().toString()));
    held.addAll(command);
    return held;
  }

  /** The processors this process may use; empty where the system does not say. */
  private static List<Integer> allowed() throws IOException {
    List<Integer> cores = new ArrayList<>();
    if (Files.isReadable(STATUS)) {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(ALLOWED)) {
          for (String range : line.substring(ALLOWED.length()).strip().split(",", -1)) {
            String[] ends = range.split("-", -1);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int core = Integer.parseInt(ends[0]); core <= last; core++) {
              cores.add(core);
            }
          }
        }
      }
    }
    return cores;
  }

  private static String list(List<Integer> cores) {
    return String.join(",", cores.stream().map(String::valueOf).toList());
  }
}
