package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "approval",
    description = "Decide which waiting devices may enrol.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ApprovalCommand.Ls.class,
      ApprovalCommand.Approve.class,
      ApprovalCommand.Deny.class
    })
final class ApprovalCommand {

  private static final int PAGE = 1000;

  @Command(name = "list", description = "List approvals.", mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Option(names = "--fleet", paramLabel = "FLEET", description = "Only those of this fleet.")
    private String fleet;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only those in this state: pending, approved, denied or used.")
    private String state;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      Map<String, String> query = query(fleet, state);
      query.put("limit", Integer.toString(PAGE));
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      JsonNode page;
      do {
        page = client.approvals(query).path("approvals");
        page.forEach(all::add);
        query.put("after", page.path(page.size() - 1).path("id").asText());
      } while (page.size() == PAGE);
      show(all);
      return 0;
    }
  }

  /** What approve and deny share: some approvals, one after the other. */
  private abstract static class Decision extends OperatorVerb {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "For the audit log; a device that is denied is told it.")
    private String reason;

    @Parameters(paramLabel = "APPROVAL", arity = "1..*", description = "The approvals' numbers.")
    private List<Long> approvals;

    Integer apply(String verb) throws CommandFailure {
      OperatorClient client = client();
      for (long approval : approvals) {
        JsonNode decided =
            client.decide(approval, verb, reason == null ? Map.of() : Map.of("reason", reason));
        out()
            .println("approval " + approval + " of device "
                + decided.path("device").asText() + " " + decided.path("state").asText());
      }
      return 0;
    }
  }

  @Command(
      name = "approve",
      description = "Let devices enrol: their next request gets the certificate.",
      mixinStandardHelpOptions = true)
  static final class Approve extends Decision {
    @Override
    public Integer call() throws Exception {
      return apply("approve");
    }
  }

  @Command(name = "deny", description = "Refuse devices.", mixinStandardHelpOptions = true)
  static final class Deny extends Decision {
    @Override
    public Integer call() throws Exception {
      return apply("deny");
    }
  }
}
