package io.mintmark.cli;

import io.mintmark.simulators.results.Comparison;
import io.mintmark.simulators.results.HtmlReport;
import io.mintmark.simulators.results.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description = "Show a run again, or two of them side by side.",
    mixinStandardHelpOptions = true)
final class SimulateReportCommand implements Callable<Integer> {

  @Spec
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "What --out named, or the summary.json in it.")
  private Path first;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "B",
      description = "Another run, to be compared with it.")
  private Path second;

  @Option(names = "--html", paramLabel = "FILE", description = "Write the report as a page, too.")
  private Path html;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Results a = read(first);
    String page;
    if (second == null) {
      out.print(a.table());
      page = HtmlReport.of(a);
    } else {
      Comparison both = Comparison.of(a, read(second));
      out.print(both.table());
      page = both.html();
    }
    if (html != null) {
      Files.writeString(html, page);
    }
    out.flush();
    return 0;
  }

  private static Results read(Path path) throws CommandFailure {
    try {
      return Results.read(Files.isDirectory(path) ? path.resolve(SimulateCommand.SUMMARY) : path);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, "there is no file " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
    }
  }
}
