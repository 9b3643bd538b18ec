package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "device",
    description = "Look at devices and take their trust back.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DeviceCommand.Ls.class,
      DeviceCommand.Show.class,
      DeviceCommand.Revoke.class,
      DeviceCommand.Suspend.class,
      DeviceCommand.Release.class
    })
final class DeviceCommand {

  @Command(name = "list", description = "List devices.", mixinStandardHelpOptions = true)
  static final class Ls implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Mixin
    private Listing listing;

    @Option(names = "--fleet", paramLabel = "FLEET", description = "Only those of this fleet.")
    private String fleet;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only those in this state: pending, active, suspended or revoked.")
    private String state;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "1000",
        description = "At most this many (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = operator.client();
      Map<String, String> query = new HashMap<>();
      if (fleet != null) {
        query.put("fleet", fleet);
      }
      if (state != null) {
        query.put("state", state);
      }
      ArrayNode devices = JsonNodeFactory.instance.arrayNode();
      JsonNode page;
      do {
        query.put("limit", Integer.toString(Math.min(limit - devices.size(), 500)));
        page = client.devices(query);
        page.path("devices").forEach(devices::add);
        query.put("after", page.path("next").asText());
      } while (page.hasNonNull("next") && devices.size() < limit);
      listing.print(spec.commandLine().getOut(), devices);
      if (page.hasNonNull("next")) {
        spec.commandLine()
            .getErr()
            .println("mintmark: there are more devices; raise --limit to see them");
      }
      return 0;
    }
  }

  @Command(
      name = "show",
      description = "Show one device with its certificates.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Mixin
    private Listing listing;

    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    private String device;

    @Override
    public Integer call() throws Exception {
      listing.print(spec.commandLine().getOut(), operator.client().device(device));
      return 0;
    }
  }

  /** What revoke, suspend and release share: some devices, one after the other. */
  private abstract static class Change implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private OperatorOptions operator;

    @Parameters(paramLabel = "DEVICE", arity = "1..*", description = "The devices' ids.")
    private List<String> devices;

    Integer apply(String verb, String done, Map<String, String> body) throws CommandFailure {
      OperatorClient client = operator.client();
      for (String device : devices) {
        client.change(device, verb, body);
        spec.commandLine().getOut().println("device " + device + " " + done);
      }
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke devices for good: live sessions are cut, certificates denied.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends Change {
    @Option(
        names = "--reason",
        paramLabel = "REASON",
        defaultValue = "unspecified",
        description = "A reason of RFC 5280, section 5.3.1, for example keyCompromise (default:"
            + " ${DEFAULT-VALUE}).")
    private String reason;

    @Override
    public Integer call() throws Exception {
      return apply("revoke", "revoked", Map.of("reason", reason));
    }
  }

  @Command(
      name = "suspend",
      description = "Deny devices until they are released.",
      mixinStandardHelpOptions = true)
  static final class Suspend extends Change {
    @Override
    public Integer call() throws Exception {
      return apply("suspend", "suspended", Map.of());
    }
  }

  @Command(
      name = "release",
      description = "Let suspended devices in again.",
      mixinStandardHelpOptions = true)
  static final class Release extends Change {
    @Override
    public Integer call() throws Exception {
      return apply("release", "released", Map.of());
    }
  }
}
