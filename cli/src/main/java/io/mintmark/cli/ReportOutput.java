package io.mintmark.cli;

import io.mintmark.simulators.MeasuredReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a verb that measures ends. */
final class ReportOutput {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path json;

  /** The options to give to a process that is to end so in this one's place. */
  List<String> arguments() {
    return json == null ? List.of() : List.of("--json", json.toString());
  }

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
