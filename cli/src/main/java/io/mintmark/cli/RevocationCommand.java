package io.mintmark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "revocation",
    description = "What was and is being done to many at once: fleets, factory CAs, issuing CAs.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RevocationCommand.Ls.class,
      RevocationCommand.Show.class,
      RevocationCommand.Resume.class
    })
final class RevocationCommand {

  @Command(
      name = "list",
      description = "List the runs, the latest first. One without finishedAt is under way.",
      mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Override
    public Integer call() throws Exception {
      show(client().revocations().path("revocations"));
      return 0;
    }
  }

  @Command(name = "show", description = "Show one run.", mixinStandardHelpOptions = true)
  static final class Show extends OperatorVerb.Showing {
    @Parameters(paramLabel = "RUN", description = "Its number.")
    private long run;

    @Override
    public Integer call() throws Exception {
      show(client().revocation(run));
      return 0;
    }
  }

  @Command(
      name = "resume",
      description = "Follow a run that is under way. If it waits after a fault it is tried again"
          + " now; by itself it goes on at each start of the service and every half a minute.",
      mixinStandardHelpOptions = true)
  static final class Resume extends OperatorVerb {
    @Parameters(paramLabel = "RUN", description = "Its number.")
    private long run;

    @Override
    public Integer call() throws Exception {
      follow(client().resumeRevocation(run));
      return 0;
    }
  }
}
