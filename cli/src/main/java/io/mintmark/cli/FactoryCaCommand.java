package io.mintmark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "factory-ca",
    description = "The CAs of factories: look at them, take their trust back.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FactoryCaCommand.Ls.class, FactoryCaCommand.Revoke.class})
final class FactoryCaCommand {

  @Command(
      name = "list",
      description = "List the factory CAs that fleets name or devices came of.",
      mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Override
    public Integer call() throws Exception {
      show(client().factoryCas().path("factoryCas"));
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke what devices got for bootstrap certificates below a factory CA. None"
          + " of these opens enrolment any more, in any fleet.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends OperatorVerb {
    @Parameters(paramLabel = "ID", description = "The factory CA's id.")
    private String id;

    @Mixin
    private ReasonOption reason;

    @Override
    public Integer call() throws Exception {
      follow(client().revokeFactoryCa(id, reason.body()));
      return 0;
    }
  }
}
