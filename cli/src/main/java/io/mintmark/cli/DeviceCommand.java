package io.mintmark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "device",
    description = "Look at devices and take their trust back; be one.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DeviceCommand.Ls.class,
      DeviceCommand.Show.class,
      DeviceCommand.Revoke.class,
      DeviceCommand.Retire.class,
      DeviceCommand.Suspend.class,
      DeviceCommand.Release.class,
      DeviceRunCommand.class
    })
final class DeviceCommand {

  @Command(name = "list", description = "List devices.", mixinStandardHelpOptions = true)
  static final class Ls extends OperatorVerb.Showing {
    @Option(names = "--fleet", paramLabel = "FLEET", description = "Only those of this fleet.")
    private String fleet;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description =
            "Only those in this state: pending, active, suspended, revoked or" + " retired.")
    private String state;

    @Option(names = "--connected", description = "Only those that are connected now.")
    private boolean connected;

    @Option(names = "--clones", description = "Only those that show signs of a clone.")
    private boolean clones;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "1000",
        description = "At most this many (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Override
    public Integer call() throws Exception {
      OperatorClient client = client();
      Map<String, String> query = query(fleet, state);
      query.put("connected", Boolean.toString(connected));
      query.put("clones", Boolean.toString(clones));
      ArrayNode devices = JsonNodeFactory.instance.arrayNode();
      JsonNode page;
      do {
        query.put("limit", Integer.toString(Math.min(limit - devices.size(), 500)));
        page = client.devices(query);
        page.path("devices").forEach(devices::add);
        query.put("after", page.path("next").asText());
      } while (page.hasNonNull("next") && devices.size() < limit);
      show(devices);
      if (page.hasNonNull("next")) {
        err().println("mintmark: there are more devices; raise --limit to see them");
      }
      return 0;
    }
  }

  @Command(
      name = "show",
      description = "Show one device with its connections and certificates.",
      mixinStandardHelpOptions = true)
  static final class Show extends OperatorVerb.Showing {
    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    private String device;

    @Override
    public Integer call() throws Exception {
      show(client().device(device));
      return 0;
    }
  }

  /** What revoke, retire, suspend and release share: some devices, one after the other. */
  private abstract static class Change extends OperatorVerb {
    @Parameters(paramLabel = "DEVICE", arity = "1..*", description = "The devices' ids.")
    private List<String> devices;

    Integer apply(String verb, String done, Map<String, String> body) throws CommandFailure {
      OperatorClient client = client();
      for (String device : devices) {
        client.change(device, verb, body);
        out().println("device " + device + " " + done);
      }
      return 0;
    }
  }

  @Command(
      name = "revoke",
      description = "Revoke devices for good: live sessions are cut, certificates denied, and they"
          + " never enrol again.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends Change {
    @Mixin
    private ReasonOption reason;

    @Override
    public Integer call() throws Exception {
      return apply("revoke", "revoked", reason.body());
    }
  }

  @Command(
      name = "retire",
      description = "Take devices out of use for good, as revoke does (cessationOfOperation).",
      mixinStandardHelpOptions = true)
  static final class Retire extends Change {
    @Override
    public Integer call() throws Exception {
      return apply("retire", "retired", Map.of());
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
