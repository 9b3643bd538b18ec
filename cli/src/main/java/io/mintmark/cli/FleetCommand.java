package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.provisioning.FleetFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "fleet",
    description = "Apply and look at fleets: factory CAs, enrolment, certificate profile, topics.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FleetCommand.Apply.class, FleetCommand.Ls.class, FleetCommand.Show.class})
final class FleetCommand {

  @Command(
      name = "apply",
      description = "Create or change a fleet from a YAML file.",
      mixinStandardHelpOptions = true)
  static final class Apply implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        required = true,
        description = "The fleet file; certificate files it names are read beside it. Repeat it for"
            + " more fleets.")
    private List<Path> files;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = operator.client();
      for (Path file : files) {
        JsonNode result = client.applyFleet(FleetFile.inline(file));
        spec.commandLine()
            .getOut()
            .println("fleet " + result.path("fleet").asText() + " "
                + result.path("change").asText());
      }
      return 0;
    }
  }

  @Command(name = "list", description = "List the fleets.", mixinStandardHelpOptions = true)
  static final class Ls implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Mixin
    private Listing listing;

    @Override
    public Integer call() throws Exception {
      listing.print(spec.commandLine().getOut(), operator.client().fleets().path("fleets"));
      return 0;
    }
  }

  @Command(name = "show", description = "Show one fleet.", mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Mixin
    private Listing listing;

    @Parameters(paramLabel = "FLEET", description = "The fleet's id.")
    private String fleet;

    @Override
    public Integer call() throws Exception {
      listing.print(spec.commandLine().getOut(), operator.client().fleet(fleet));
      return 0;
    }
  }
}
