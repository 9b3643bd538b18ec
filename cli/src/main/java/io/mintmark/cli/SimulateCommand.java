package io.mintmark.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "simulate",
    description = "Play many clients against a service and measure it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "SCENARIO",
    subcommands = {
      SimulateConnectCommand.class,
      SimulateEnrollCommand.class,
      SimulateFootprintCommand.class,
      SimulateIdleCommand.class,
      SimulateLifetimeCommand.class,
      SimulatePublishCommand.class,
      SimulateRenewCommand.class,
      SimulateRevokeCommand.class,
      SimulateRolloverCommand.class,
      SimulateStatusCommand.class
    })
final class SimulateCommand implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a scenario is needed");
  }
}
