package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "policy",
    description = "Look into topic policies.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = PolicyCommand.Explain.class)
final class PolicyCommand {

  @Command(
      name = "explain",
      description =
          "Say what brokers say to a PUBLISH or a SUBSCRIBE, and which grant decides. Exit"
              + " code 0: allowed, 1: denied, 2: the question could not be answered.",
      mixinStandardHelpOptions = true)
  static final class Explain extends OperatorVerb {

    @ArgGroup(multiplicity = "1")
    private Who who;

    @ArgGroup(multiplicity = "1")
    private What what;

    @Option(
        names = "--qos",
        paramLabel = "N",
        defaultValue = "0",
        description = "Its QoS, 0, 1 or 2 (default: ${DEFAULT-VALUE}).")
    private int qos;

    @Option(names = "--retain", description = "The message is to be retained.")
    private boolean retain;

    @Option(names = "--json", description = "Print the API's JSON.")
    private boolean json;

    private static final class Who {
      @Option(names = "--device", paramLabel = "D", description = "A device's id.")
      private String device;

      @Option(names = "--application", paramLabel = "A", description = "An application's name.")
      private String application;
    }

    private static final class What {
      @Option(
          names = "--publish",
          paramLabel = "TOPIC",
          description = "What is published to, or the topic of a will.")
      private String publish;

      @Option(
          names = "--subscribe",
          paramLabel = "FILTER",
          description = "A topic filter, or $share/GROUP/FILTER.")
      private String subscribe;
    }

    @Override
    public Integer call() throws Exception {
      JsonNode answer;
      try {
        answer = client().explain(query());
      } catch (CommandFailure e) {
        // 1 says that it is denied.
        throw new CommandFailure(CommandFailure.UNUSABLE, e.getMessage());
      }
      if (json) {
        out().println(answer.toPrettyString());
      } else {
        print(out(), answer);
      }
      out().flush();
      return answer.path("allowed").asBoolean() ? 0 : CommandFailure.FAILED;
    }

    private Map<String, String> query() {
      Map<String, String> query = new LinkedHashMap<>();
      put(query, "device", who.device);
      put(query, "application", who.application);
      put(query, "publish", what.publish);
      put(query, "subscribe", what.subscribe);
      query.put("qos", Integer.toString(qos));
      query.put("retain", Boolean.toString(retain));
      return query;
    }

    private static void put(Map<String, String> query, String key, String value) {
      if (value != null) {
        query.put(key, value);
      }
    }

    private void print(PrintWriter out, JsonNode answer) {
      boolean allowed = answer.path("allowed").asBoolean();
      out.printf(
          "%s: %s may%s %s '%s' with QoS %d%s%n",
          allowed ? "allowed" : "denied",
          answer.path("identity").asText(),
          allowed ? "" : " not",
          what.publish == null ? "subscribe to" : "publish to",
          what.publish == null ? what.subscribe : what.publish,
          allowed && answer.has("qos") ? answer.path("qos").asInt() : qos,
          retain ? ", retained" : "");
      line(out, "because", answer.path("reason"));
      line(out, "policy", answer.path("source"));
      line(out, "grant", answer.path("grant"));
      line(out, "resolved", answer.path("resolved"));
      line(out, "nearest", answer.path("nearest"));
    }

    private static void line(PrintWriter out, String name, JsonNode value) {
      if (value.isTextual()) {
        out.printf("  %-9s %s%n", name, value.asText());
      }
    }
  }
}
