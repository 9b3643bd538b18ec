package io.mintmark.cli;

import io.mintmark.simulators.results.Comparison;
import io.mintmark.simulators.results.Expectation;
import io.mintmark.simulators.results.HtmlReport;
import io.mintmark.simulators.results.RawReader;
import io.mintmark.simulators.results.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description = "Show what a run of simulate came to once more, or two runs side by side: by the"
        + " folder of --out, its summary.json, or the raw.jsonl that a killed run has left. Exits 1"
        + " if an expectation was missed; two runs are only compared.",
    mixinStandardHelpOptions = true)
final class SimulateReportCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      arity = "1..2",
      description = "What is shown, or compared: the first is what the second is compared with.")
  private List<Path> runs;

  @Option(names = "--html", paramLabel = "FILE", description = "Write it as a page, too.")
  private Path html;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the summary of one run, as of a killed one.")
  private Path json;

  @Option(
      names = "--expect",
      paramLabel = "EXPECTATION",
      description = "Hold the run to this instead of what it was held to; repeat it for more.")
  private List<String> expectations = List.of();

  @Override
  public Integer call() throws Exception {
    List<Results> read = new ArrayList<>();
    for (Path run : runs) {
      read.add(held(read(run)));
    }
    if (read.size() == 2) {
      Comparison comparison = Comparison.of(read.get(0), read.get(1));
      if (json != null) {
        throw unusable("--json writes the summary of one run: name one, or use --html");
      }
      print(comparison.table());
      write(html, comparison::html);
      return 0;
    }
    Results results = read.get(0);
    print(results.table());
    write(html, () -> HtmlReport.of(results));
    write(json, results::toJson);
    return results.passed() ? 0 : CommandFailure.FAILED;
  }

  private Results held(Results results) throws CommandFailure {
    if (expectations.isEmpty()) {
      return results;
    }
    try {
      return results.held(expectations.stream().map(Expectation::parse).toList());
    } catch (IllegalArgumentException e) {
      throw unusable(e.getMessage());
    }
  }

  private static Results read(Path run) throws CommandFailure {
    Path file = Files.isDirectory(run) ? inFolder(run) : run;
    try {
      return file.toString().endsWith(".jsonl") ? RawReader.read(file) : Results.read(file);
    } catch (NoSuchFileException e) {
      throw unusable(file + " is not there: name what --out of simulate wrote");
    } catch (IOException e) {
      throw unusable(e.getMessage());
    }
  }

  /** A run that was killed has no summary. */
  private static Path inFolder(Path folder) {
    Path summary = folder.resolve("summary.json");
    Path raw = folder.resolve("raw.jsonl");
    return !Files.exists(summary) && Files.exists(raw) ? raw : summary;
  }

  private interface Text {
    String get();
  }

  private static void write(Path file, Text text) throws CommandFailure {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, text.get());
    } catch (IOException e) {
      throw unusable(file + " cannot be written: " + e);
    }
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  private static CommandFailure unusable(String line) {
    return new CommandFailure(CommandFailure.UNUSABLE, line);
  }
}
