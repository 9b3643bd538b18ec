package io.mintmark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/benchmarks.md}, which {@code docs/benchmarks.sh} writes. */
class BenchmarksPageIT {

  private static final Path DOCS = Launcher.ROOT.resolve("docs");

  @TempDir
  Path folder;

  @Test
  void namesEveryBenchmark() throws Exception {
    String page = Files.readString(DOCS.resolve("benchmarks.md"));
    String script = Files.readString(DOCS.resolve("benchmarks.sh"));
    for (String benchmark : Mintmark.commandLine()
        .getSubcommands()
        .get("benchmark")
        .getSubcommands()
        .keySet()) {
      assertThat(page).contains("./mintmark benchmark " + benchmark);
      assertThat(script).containsPattern("measure \\S+ " + benchmark + " ");
    }
  }

  @Test
  void saysWhatTheFilesSay() throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("jq")).as("jq").isNotNull();
    }
    Path copy = Files.createDirectory(folder.resolve("benchmarks"));
    try (Stream<Path> files = Files.list(DOCS.resolve("benchmarks"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Launcher.run(
            Map.of(), List.of(DOCS.resolve("benchmarks.sh").toString(), "page", copy.toString()))
        .succeeded();
    assertThat(folder.resolve("benchmarks.md"))
        .hasSameTextualContentAs(DOCS.resolve("benchmarks.md"));
  }
}
