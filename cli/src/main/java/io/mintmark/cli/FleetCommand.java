package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.provisioning.FleetFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "fleet",
    description =
        "Apply and look at fleets: factory CAs, enrolment, certificate profile, topics. Take"
            + " their trust back, remove them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FleetCommand.Apply.class,
      FleetCommand.Ls.class,
      FleetCommand.Show.class,
      FleetCommand.Revoke.class,
      FleetCommand.Suspend.class,
      FleetCommand.Release.class,
      FleetCommand.Remove.class
    })
final class FleetCommand {

  @Command(
      name = "apply",
      description = "Create or change a fleet from a YAML file.",
      mixinStandardHelpOptions = true)
  static final class Apply extends OperatorVerb {
    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        required = true,
        description = "The fleet file; certificate files it names are read beside it. Repeat it for"
            + " more fleets.")
    private List<Path> files;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      for (Path file : files) {
        JsonNode result = client.applyFleet(FleetFile.inline(file));
        out()
            .println("fleet " + result.path("fleet").asText() + " "
                + result.path("change").asText());
        result
            .path("warnings")
            .forEach(warning -> err().println("mintmark: warning: " + warning.asText()));
      }
      return 0;
    }
  }

  @Command(name = "list", description = "List the fleets.", mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Override
    public Integer call() throws Exception {
      show(client().fleets().path("fleets"));
      return 0;
    }
  }

  @Command(name = "show", description = "Show one fleet.", mixinStandardHelpOptions = true)
  static final class Show extends OperatorVerb.Showing {
    @Parameters(paramLabel = "FLEET", description = "The fleet's id.")
    private String fleet;

    @Override
    public Integer call() throws Exception {
      show(client().fleet(fleet));
      return 0;
    }
  }

  /** What revoke, suspend and release share: all devices of a fleet, followed to the end. */
  private abstract static class Change extends OperatorVerb {
    @Parameters(paramLabel = "FLEET", description = "The fleet's id.")
    private String fleet;

    Integer apply(String verb, Map<String, String> body) throws Exception {
      follow(client().changeFleet(fleet, verb, body));
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke all devices the fleet has, for good.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends Change {
    @Mixin
    private ReasonOption reason;

    @Override
    public Integer call() throws Exception {
      return apply("revoke", reason.body());
    }
  }

  @Command(
      name = "suspend",
      description = "Deny all devices of the fleet, and enrolment, until it is released.",
      mixinStandardHelpOptions = true)
  static final class Suspend extends Change {
    @Override
    public Integer call() throws Exception {
      return apply("suspend", Map.of());
    }
  }

  @Command(
      name = "release",
      description = "Let the fleet in again. Devices that were suspended one by one stay so.",
      mixinStandardHelpOptions = true)
  static final class Release extends Change {
    @Override
    public Integer call() throws Exception {
      return apply("release", Map.of());
    }
  }

  @Command(
      name = "remove",
      description = "Remove a fleet: nobody enrols or renews there, and brokers cut its devices.",
      mixinStandardHelpOptions = true)
  static final class Remove extends OperatorVerb {
    @Parameters(paramLabel = "FLEET", description = "The fleet's id.")
    private String fleet;

    @Option(
        names = "--force",
        description = "Though it has devices that are neither revoked nor retired: they are back"
            + " when the fleet is applied again.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
      long devices = client().removeFleet(fleet, force).path("devices").asLong();
      out().println("fleet " + fleet + " removed" + (devices == 0 ? "" : ", devices " + devices));
      return 0;
    }
  }
}
