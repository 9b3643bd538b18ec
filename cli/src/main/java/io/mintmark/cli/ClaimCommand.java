package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mintmark.identity.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "claim",
    description = "Let a shared certificate enrol a number of devices (fleets with mode claim).",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ClaimCommand.Create.class, ClaimCommand.Ls.class, ClaimCommand.Revoke.class})
final class ClaimCommand {

  /** Until when: one of two ways to say it. */
  private static final class End {
    @Option(
        names = "--for",
        paramLabel = "DURATION",
        converter = DurationOption.class,
        description = "It ends so long from now, for example 30d.")
    private Duration length;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        description = "It ends then, for example 2027-01-31T00:00:00Z.")
    private Instant time;

    Instant instant() {
      return time == null ? Instant.now().plus(length) : time;
    }
  }

  @Command(
      name = "create",
      description = "Bind a claim to a certificate.",
      mixinStandardHelpOptions = true)
  static final class Create extends OperatorVerb {
    @Option(names = "--fleet", paramLabel = "FLEET", required = true, description = "The fleet.")
    private String fleet;

    @Option(
        names = "--certificate",
        paramLabel = "FILE",
        required = true,
        description = "The claim certificate, PEM. Its key stays where it is.")
    private Path certificate;

    @Option(
        names = "--uses",
        paramLabel = "N",
        required = true,
        description = "How many enrolments it is good for.")
    private int uses;

    @ArgGroup(multiplicity = "1")
    private End end;

    @Option(names = "--any-device", description = "Devices need not be in the fleet's manifest.")
    private boolean anyDevice;

    @Override
    public Integer call() throws Exception {
      Map<String, Object> claim = new LinkedHashMap<>();
      claim.put("certificate", certificates());
      claim.put("uses", uses);
      claim.put("endsAt", end.instant().toString());
      claim.put("anyDevice", anyDevice);
      JsonNode made = client().createClaim(fleet, claim);
      out()
          .printf(
              "claim %d of fleet %s: %d uses until %s%n",
              made.path("id").asLong(),
              fleet,
              made.path("uses").asInt(),
              made.path("endsAt").asText());
      return 0;
    }

    /** The certificates alone: a key in the same file is not sent. */
    private String certificates() throws Exception {
      try {
        return Pem.encode(Pem.certificates(Files.readString(certificate)));
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(CommandFailure.FAILED, certificate + ": " + e.getMessage());
      }
    }
  }

  @Command(name = "list", description = "List a fleet's claims.", mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Option(names = "--fleet", paramLabel = "FLEET", required = true, description = "The fleet.")
    private String fleet;

    @Override
    public Integer call() throws Exception {
      show(client().claims(fleet).path("claims"));
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Take claims back: they enrol nobody any more. Enrolled devices stay.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends OperatorVerb {
    @Option(names = "--fleet", paramLabel = "FLEET", required = true, description = "The fleet.")
    private String fleet;

    @Parameters(paramLabel = "CLAIM", arity = "1..*", description = "The claims' numbers.")
    private List<Long> claims;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      for (long claim : claims) {
        client.revokeClaim(fleet, claim);
        out().println("claim " + claim + " revoked");
      }
      return 0;
    }
  }
}
