package io.mintmark.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "benchmark",
    description =
        "Measure what Mintmark costs, beside a baseline, in temporary services and brokers.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "BENCHMARK",
    subcommands = {
      BenchmarkConnectCommand.class,
      BenchmarkEnrollCommand.class,
      BenchmarkFootprintCommand.class,
      BenchmarkGeneratorCommand.class,
      BenchmarkIdleCommand.class,
      BenchmarkLifetimeCommand.class,
      BenchmarkPublishCommand.class,
      BenchmarkRenewCommand.class,
      BenchmarkRevokeCommand.class,
      BenchmarkRolloverCommand.class,
      BenchmarkStatusCommand.class
    })
final class BenchmarkCommand implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a benchmark is needed");
  }
}
