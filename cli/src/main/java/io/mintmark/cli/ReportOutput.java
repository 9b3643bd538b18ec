package io.mintmark.cli;

import io.mintmark.simulators.MeasuredReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a verb that measures ends. */
final class ReportOutput {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path json;

  /** Prints the report's table, and writes its JSON where that is wanted; returns the exit code. */
  int write(MeasuredReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(report.table());
    out.flush();
    if (json != null) {
      Files.writeString(json, report.toJson());
    }
    return report.passed() ? 0 : CommandFailure.FAILED;
  }
}
