package io.mintmark.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line's entry point. Exit codes: 0 done, 1 the job failed or was refused, 2 the command
 * could not be tried (usage, a port that is taken, a folder that cannot be used).
 */
@Command(
    name = "mintmark",
    description = "Device identity and an MQTT broker in one box.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      ProvisioningCommand.class,
      BrokerCommand.class,
      FleetCommand.class,
      ManifestCommand.class,
      ClaimCommand.class,
      ApprovalCommand.class,
      DeviceCommand.class,
      CertificateCommand.class,
      FactoryCaCommand.class,
      RevocationCommand.class,
      RenewEarlyCommand.class,
      CaCommand.class,
      AuditCommand.class,
      AppCommand.class,
      PolicyCommand.class,
      FactoryCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      RecoverCommand.class,
      SimulateCommand.class,
      BenchmarkCommand.class,
      PrepareCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Mintmark implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  /** Runs the command line and ends the process. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine all =
        new CommandLine(new Mintmark()).setExecutionExceptionHandler(new FailureReport());
    return all.setParameterExceptionHandler(new UsageReport(all.getParameterExceptionHandler()));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed");
  }
}
