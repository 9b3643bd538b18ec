package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "renew-early",
    description = "Ask devices to renew the certificates they have now before their time.",
    mixinStandardHelpOptions = true)
final class RenewEarlyCommand extends OperatorVerb {

  /** Whose certificates. */
  private static final class Scope {
    @Option(
        names = "--fleet",
        paramLabel = "FLEET",
        required = true,
        description = "Those of this fleet's devices.")
    private String fleet;

    @Option(
        names = "--issuer",
        paramLabel = "KEYID",
        required = true,
        description = "Those signed by the issuing key of this identifier (hex).")
    private String issuer;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Scope scope;

  @Option(
      names = "--over",
      paramLabel = "TIME",
      defaultValue = "1h",
      description = "Spread the renewals over this time: s, m, h or d (default: ${DEFAULT-VALUE}).")
  private String over;

  @Override
  public Integer call() throws Exception {
    OperatorClient client = client();
    JsonNode asked = scope.fleet == null
        ? client.renewEarly("issuers", scope.issuer, over)
        : client.renewEarly("fleets", scope.fleet, over);
    out()
        .println(asked.path("scope").asText() + " " + asked.path("subject").asText()
            + ": renewals asked for until " + asked.path("doneBy").asText()
            + "; devices learn of it when they ask the next time");
    return 0;
  }
}
